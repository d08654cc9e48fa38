// Attacks on the gate over plain HTTP: what a viewer with a terminal tries.
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { startGate } from '../e2e/support/gate.mjs';
import { CLIPS, DEMO, episodesIn } from '../e2e/support/paths.mjs';
import { raw } from './raw.mjs';

let gate;
let granted;
let parts;

const play = (episode, body = {}) => fetch(`${gate.url}/v1/play`, {
  method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ series: 'neon-vows', episode, intent: 'play', ...body }),
});
const get = async (where, options) => { const answer = await raw(gate.url, where, options); return answer.status; };
const refused = (status, what) => assert.ok([400, 401, 403, 404, 405, 414].includes(status), `${what}: ${status}`);
const b64 = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const isVideo = (body) => body.includes('ftyp') || body.includes('moof');

before(async () => {
  gate = await startGate({ args: ['--free-episodes', '5'] });
  granted = (await (await play('e001')).json()).grant;
  const [, token, folder, file] = /^\/p\/([^/]+)(\/[^/]+\/[^/]+\/)([^/]+)$/.exec(new URL(granted.renditions[0].url, gate.url).pathname);
  const [header, claims, signature] = token.split('.');
  parts = { token, folder, file, header, signature, claims, read: JSON.parse(Buffer.from(claims, 'base64url')), head: JSON.parse(Buffer.from(header, 'base64url')) };
});
after(() => gate?.stop());

test('a granted address works, whole and in part', async () => {
  const { token, folder, file } = parts;
  assert.equal(await get(`/p/${token}${folder}${file}`), 200);
  assert.equal(await get(`/p/${token}${folder}${file}`, { headers: { Range: 'bytes=0-99' } }), 206);
  assert.equal(await get(`/p/${token}${folder}${file}`, { headers: { Range: 'bytes=99-0' } }), 416);
  assert.equal(await get(`/p/${token}${folder}${file}`, { headers: { Range: 'bytes=0-1,5-9' } }), 416);
});

test('threat 6: asking for a locked episode is refused and the refusal names no media', async () => {
  for (const body of [{}, { intent: 'preload' }]) {
    const answer = await play('e006', body);
    assert.equal(answer.status, 402);
    const text = await answer.text();
    assert.doesNotMatch(text, /\/p\/|\/free\/|\.mp4|\.m3u8|\.vtt/);
    assert.equal(JSON.parse(text).code, 'locked');
    assert.ok(JSON.parse(text).offers.length > 0);
  }
});

test('nothing a client says in the question opens a locked episode', async () => {
  for (const extra of [{ free: true }, { freeEpisodes: 99 }, { intent: 'admin' }, { viewer: 'root' }, { episode: ['e001', 'e006'] }, { episode: 'e001\u0000e006' }, { series: '../neon-vows' }, { episode: "e006' OR 1=1--" }]) {
    const answer = await play('e006', extra);
    assert.ok(answer.status >= 400 && answer.status < 500, `${JSON.stringify(extra)}: ${answer.status}`);
  }
  for (const headers of [{ authorization: 'Bearer x' }, { 'x-forwarded-for': '127.0.0.1' }, { 'x-original-url': '/v1/admin' }, { 'x-http-method-override': 'PUT' }]) {
    const answer = await fetch(`${gate.url}/v1/play`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ series: 'neon-vows', episode: 'e006' }) });
    assert.ok([401, 402, 403].includes(answer.status), `${JSON.stringify(headers)}: ${answer.status}`);
  }
});

test('threat 8: a token for one episode opens no other', async () => {
  for (const id of ['e002', 'e003', 'e005']) {
    const other = (await (await play(id)).json()).grant;
    const where = new URL(other.renditions[0].url, gate.url).pathname.replace(/^\/p\/[^/]+/, '');
    assert.equal(await get(`/p/${parts.token}${where}`), 403);
  }
  for (const guess of ['/neon-vows/e006/e006.mp4', '/neon-vows/e006.mp4', '/neon-vows/../neon-vows/e006.mp4', '/e006.mp4', `${parts.folder}e006.mp4`, `${parts.folder}e006/720.mp4`]) {
    refused(await get(`/p/${parts.token}${guess}`), guess);
  }
});

test('threats 10, 11, 12, 14: a forged token is refused, however it is forged', async () => {
  const { header, claims, signature, read, head, folder, file } = parts;
  const later = b64({ ...read, exp: read.exp + 3600 });
  const wide = b64({ ...read, pth: '/' });
  const own = generateKeyPairSync('ed25519');
  const signed = (h, c) => `${b64(h)}.${c}.${sign(null, Buffer.from(`${b64(h)}.${c}`), own.privateKey).toString('base64url')}`;
  const hmac = (h, c) => `${b64(h)}.${c}.${createHmac('sha256', 'secret').update(`${b64(h)}.${c}`).digest('base64url')}`;
  const flipped = `${signature.slice(0, 20)}${signature[20] === 'A' ? 'B' : 'A'}${signature.slice(21)}`;
  const jwk = own.publicKey.export({ format: 'jwk' });
  const forged = {
    'a flipped bit in the signature': `${header}.${claims}.${flipped}`,
    'a later expiry': `${header}.${later}.${signature}`,
    'a wider path': `${header}.${wide}.${signature}`,
    'no algorithm': `${b64({ ...head, alg: 'none' })}.${claims}.`,
    'no algorithm, old signature': `${b64({ ...head, alg: 'none' })}.${claims}.${signature}`,
    'HMAC instead': hmac({ ...head, alg: 'HS256' }, claims),
    'a key of my own': signed(head, later),
    'a key of my own, in the header': signed({ ...head, jwk }, later),
    'a key from elsewhere': signed({ ...head, jku: 'http://127.0.0.1:9/keys' }, later),
    'another key id': signed({ ...head, kid: '../../etc' }, later),
    'another type': signed({ ...head, typ: 'JWT' }, later),
    'no signature': `${header}.${claims}`,
    'an empty signature': `${header}.${claims}.`,
    'four parts': `${header}.${claims}.${signature}.x`,
    'padding': `${header}.${claims}.${signature}=`,
    'nothing but dots': '..',
    'a very long one': `${header}.${'A'.repeat(4000)}.${signature}`,
    'not a token': 'free',
  };
  for (const [what, token] of Object.entries(forged)) refused(await get(`/p/${token}${folder}${file}`), what);
});

test('threats 16, 17: an address that is spelt otherwise is not an address', async () => {
  const { token, folder, file } = parts;
  const prefix = `/p/${token}`;
  const spelt = [
    `${prefix}${folder}../${file}`, `${prefix}${folder}./${file}`, `${prefix}${folder}%2e%2e/${file}`, `${prefix}${folder}%2e/${file}`,
    `${prefix}/${folder}${file}`, `${prefix}${folder}/${file}`, `${prefix}${folder}${file}/`, `${prefix}${folder}${file}.`, `${prefix}${folder}${file}%00`,
    `${prefix}${folder}..%2f..%2fe006.mp4`, `${prefix}${folder}..\\..\\e006.mp4`, `${prefix}${folder}%5c..%5ce006.mp4`, `${prefix}${folder}..;/e006.mp4`,
    `${prefix}${folder}%252e%252e/e006.mp4`, `${prefix}${folder}..%c0%afe006.mp4`, `${prefix}${folder}${file.toUpperCase()}`, `${prefix}${folder.toUpperCase()}${file}`,
    `${prefix}/../../e006.mp4`, `/p/../series/neon-vows/e006.mp4`, `/p/${token}/..%2f..%2f..%2f..%2fetc%2fpasswd`, `/free/../neon-vows/e006.mp4`, `/free/neon-vows/..%2fe006.mp4`,
    `/poster/../neon-vows/e006.mp4`, `/cliffhanger/../series/neon-vows/e006.mp4`, `/cliffhanger/..%2f..%2fCargo.toml`, `/cliffhanger/%2e%2e/%2e%2e/Cargo.toml`, '/../Cargo.toml', '/..%2fCargo.toml', '/%2e%2e/Cargo.toml', '//etc/passwd',
  ];
  for (const where of spelt) {
    const answer = await raw(gate.url, where);
    refused(answer.status, where.replace(token, '<token>'));
    assert.equal(isVideo(answer.body), false, where);
  }
});

test('the folder that is sold is not also given away as files', async () => {
  const names = fs.readdirSync(DEMO).filter((name) => /\.(mp4|vtt|json)$/.test(name));
  const open = [];
  for (const name of names) {
    for (const where of [`/series/neon-vows/${name}`, `/series/neon-vows/%65${name.slice(1)}`, `/series//neon-vows/${name}`, `/series/./neon-vows/${name}`, `/www/series/neon-vows/${name}`, `/neon-vows/${name}`, `/${name}`]) {
      const { status } = await raw(gate.url, where, { method: 'HEAD' });
      if (status < 400) open.push(`${where}: ${status}`);
    }
  }
  assert.deepEqual(open, []);
  assert.equal(await get('/series/paper-lanterns/series.json'), 200, 'while its neighbour, which is not sold, can be had');
});

test('threat 18: a link that points out of the folder is not followed', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cliffhanger-links-'));
  const secret = fs.mkdtempSync(path.join(os.tmpdir(), 'cliffhanger-secret-'));
  fs.copyFileSync(episodesIn(CLIPS)[0], path.join(folder, '1.mp4'));
  fs.writeFileSync(path.join(secret, 'secret.txt'), 'top secret');
  const site = path.join(folder, 'site');
  fs.mkdirSync(site);
  fs.symlinkSync(path.join(secret, 'secret.txt'), path.join(site, 'leak.txt'));
  fs.symlinkSync(secret, path.join(site, 'leak'));
  fs.symlinkSync('/etc/passwd', path.join(folder, '2.mp4'));
  const other = await startGate({ folder, site: false, args: ['--site', site] });
  try {
    for (const where of ['/leak.txt', '/leak/secret.txt', '/leak/', '/leak']) {
      const answer = await raw(other.url, where);
      assert.doesNotMatch(answer.body.toString(), /secret|root:/, where);
    }
    assert.match(other.output(), /2\.mp4/, 'a link to something that is no video is named and left out');
  } finally {
    await other.stop();
    for (const temporary of [folder, secret]) fs.rmSync(temporary, { recursive: true, force: true });
  }
});

test('threats 20, 39: other methods and odd requests are refused, and the gate goes on', async () => {
  const { token, folder, file } = parts;
  for (const method of ['PUT', 'DELETE', 'POST', 'PATCH', 'TRACE', 'CONNECT']) refused(await get(`/p/${token}${folder}${file}`, { method }), method);
  await raw(gate.url, '/ \u0001', {}).catch(() => {});
  await raw(gate.url, `/${'a'.repeat(100_000)}`).catch(() => {});
  const huge = await fetch(`${gate.url}/v1/play`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: `{"series":"${'x'.repeat(200_000)}"}` });
  assert.equal(huge.status, 413);
  const deep = await fetch(`${gate.url}/v1/play`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '['.repeat(10_000) });
  assert.equal(deep.status, 400);
  assert.equal((await fetch(`${gate.url}/healthz`)).status, 200);
});

test('threat 54: no address, token or secret is in what the gate prints', () => {
  assert.ok(!gate.output().includes(parts.signature));
  assert.ok(!gate.output().includes(parts.folder));
});

test('threat 44: no address in a series is fetched by the gate', async () => {
  let met = 0;
  const trap = net.createServer((socket) => { met += 1; socket.destroy(); });
  await new Promise((resolve) => { trap.listen(0, '127.0.0.1', resolve); });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cliffhanger-fetch-'));
  fs.copyFileSync(episodesIn(CLIPS)[0], path.join(folder, '1.mp4'));
  const at = (scheme) => `${scheme}://127.0.0.1:${trap.address().port}/x.jpg`;
  const series = {
    cliffhanger: '1', access: { mode: 'gate', freeEpisodes: 1, legal: { termsUrl: at('https'), withdrawalUrl: at('https') } },
    series: { id: 'trap', title: 'Trap', lang: 'en', poster: { url: at('http') } },
    related: [{ id: 'other', title: 'Other', href: at('https'), poster: { url: at('http') } }],
    episodes: [{ id: 'e001', n: 1, poster: { url: at('http') }, renditions: [{ type: 'mp4', url: '1.mp4' }], cues: [{ id: 'c', kind: 'cta', atMs: 0, label: 'x', href: at('https') }] }],
  };
  fs.writeFileSync(path.join(folder, 'series.json'), JSON.stringify(series));
  const other = await startGate({ folder, site: false, args: [] });
  try {
    for (const where of ['/series/trap.json', '/watch/trap', '/watch/trap/1', '/v1/series/trap/access']) assert.equal((await fetch(`${other.url}${where}`)).status, 200, where);
    const body = JSON.stringify({ series: 'trap', episode: 'e001' });
    assert.equal((await fetch(`${other.url}/v1/play`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).status, 200);
    assert.equal(met, 0);
    const media = { ...series, episodes: [{ ...series.episodes[0], renditions: [{ type: 'mp4', url: at('http').replace('jpg', 'mp4') }] }] };
    fs.writeFileSync(path.join(folder, 'series.json'), JSON.stringify(media));
    await assert.rejects(startGate({ folder, site: false, args: [] }), /renditions\[0\]\.url/);
    assert.equal(met, 0);
  } finally {
    await other.stop();
    trap.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
