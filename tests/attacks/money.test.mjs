// Attacks on the till, over plain HTTP against the real gate: what a viewer with a terminal tries.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test, { after, before } from 'node:test';
import { startGate } from '../e2e/support/gate.mjs';

const SERIES = 'neon-vows';
let gate;
before(async () => { gate = await startGate({ args: ['--free-episodes', '5', '--demo'] }); });
after(() => gate?.stop());

const call = (method, path, { viewer, key = randomUUID(), body } = {}) => fetch(`${gate.url}${path}`, {
  method, redirect: 'manual',
  headers: { 'idempotency-key': key, ...(viewer && { authorization: `Bearer ${viewer}` }), ...(body && { 'content-type': 'application/json' }) },
  body: body && JSON.stringify(body),
});
const json = async (...asked) => { const answer = await call(...asked); return { status: answer.status, ...(await answer.json()) }; };
const newViewer = async () => (await json('POST', '/v1/viewers')).viewerToken;
const wallet = async (viewer) => (await json('GET', '/v1/me', { viewer })).wallet;
const play = (viewer, episode) => json('POST', '/v1/play', { viewer, body: { series: SERIES, episode } });

async function buy(viewer, offer) {
  const checkout = await json('POST', '/v1/checkouts', { viewer, body: { series: SERIES, episode: 'e006', offer } });
  assert.equal(checkout.status, 201, JSON.stringify(checkout));
  return checkout;
}

const pay = (checkout) => call('POST', `${new URL(checkout.url, gate.url).pathname}/pay`);

test('a viewer buys coins, unlocks, and is still the only one who may watch', async () => {
  const viewer = await newViewer();
  const wall = await play(viewer, 'e006');
  assert.equal(wall.status, 402);
  const pack = wall.packs[0];
  const checkout = await buy(viewer, pack.id);
  assert.equal((await json('GET', `/v1/checkouts/${checkout.id}`, { viewer })).state, 'pending');
  assert.equal((await pay(checkout)).status, 303);
  assert.equal((await json('GET', `/v1/checkouts/${checkout.id}`, { viewer })).state, 'paid');
  const { quote, coins } = wall.offers.find(({ kind }) => kind === 'coins');
  const unlocked = await json('POST', '/v1/unlocks', { viewer, body: { quote } });
  assert.equal(unlocked.status, 201, JSON.stringify(unlocked));
  assert.equal(unlocked.wallet.paid + unlocked.wallet.bonus, pack.coins + (pack.bonusCoins ?? 0) - coins);
  const media = await fetch(new URL(unlocked.grant.renditions[0].url, gate.url), { headers: { range: 'bytes=0-99' } });
  assert.equal(media.status, 206);
  await media.arrayBuffer();
  const other = await newViewer();
  for (const stranger of [other, undefined]) assert.equal((await play(stranger, 'e006')).status, 402);
});

test('threat 33: sixty-four unlocks at once spend what is there and no more', async () => {
  const viewer = await newViewer();
  await pay(await buy(viewer, 'pack-100'));
  const locked = Object.entries((await json('GET', `/v1/series/${SERIES}/access`, { viewer })).episodes).filter(([, { state }]) => state === 'locked');
  const quotes = await Promise.all(locked.map(async ([id]) => (await play(viewer, id)).offers.find(({ kind, scope }) => kind === 'coins' && scope === 'episode').quote));
  const asked = Array.from({ length: 64 }, (_, index) => quotes[index % quotes.length]);
  const answers = await Promise.all(asked.map((quote) => json('POST', '/v1/unlocks', { viewer, body: { quote } })));
  const charged = answers.filter(({ receipt }) => receipt?.coins > 0);
  assert.equal(charged.length, 3, JSON.stringify(answers.map(({ status, code }) => [status, code])));
  assert.ok(answers.every(({ status }) => [201, 402, 409, 429].includes(status)));
  assert.deepEqual(await wallet(viewer), { paid: 10, bonus: 0 });
});

test('threat 34: twenty unlocks of one episode at once are one debit', async () => {
  const viewer = await newViewer();
  await pay(await buy(viewer, 'pack-300'));
  const before = await wallet(viewer);
  const walls = await Promise.all(Array.from({ length: 20 }, () => play(viewer, 'e007')));
  const answers = await Promise.all(walls.map(({ offers }) => json('POST', '/v1/unlocks', { viewer, body: { quote: offers[0].quote } })));
  assert.ok(answers.every(({ status }) => status === 201 || status === 429), JSON.stringify(answers.map(({ status, code }) => [status, code])));
  const now = await wallet(viewer);
  assert.equal(before.paid + before.bonus - now.paid - now.bonus, 30);
});

test('threat 36: a price cannot be named, bent, borrowed or kept', async () => {
  const viewer = await newViewer();
  await pay(await buy(viewer, 'pack-300'));
  const { offers } = await play(viewer, 'e008');
  const { quote } = offers[0];
  const [header, claims, signature] = quote.split('.');
  const read = JSON.parse(Buffer.from(claims, 'base64url'));
  const b64 = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const bent = [`${header}.${b64({ ...read, coins: 1 })}.${signature}`, `${b64({ alg: 'none', kid: 'x', typ: 'cliff-quote+jwt' })}.${claims}.`, `${header}.${claims}`, viewer, '', 'x'];
  for (const forged of bent) {
    const answer = await json('POST', '/v1/unlocks', { viewer, body: { quote: forged } });
    assert.equal(`${answer.status} ${answer.code}`, '400 quote-invalid', forged.slice(0, 40));
  }
  const thief = await newViewer();
  assert.equal((await json('POST', '/v1/unlocks', { viewer: thief, body: { quote } })).code, 'quote-invalid');
  for (const extra of [{ coins: 0 }, { price: -1 }, { viewer: thief }, { confirm: { shownCoins: -30 } }, { confirm: { free: true } }]) {
    assert.equal((await json('POST', '/v1/unlocks', { viewer, body: { quote, ...extra } })).status, 400, JSON.stringify(extra));
  }
  assert.equal((await json('POST', '/v1/unlocks', { viewer, body: { quote } })).status, 201);
  const again = await json('POST', '/v1/unlocks', { viewer, body: { quote } });
  assert.equal(again.receipt.coins, 0);
});

test('threats 46, 47: a payment is not made by asking for its page, by its address, or by a message nobody signed', async () => {
  const viewer = await newViewer();
  const checkout = await buy(viewer, 'rest');
  const page = new URL(checkout.url, gate.url);
  for (const where of [page.pathname, `${page.pathname}?paid=1`, `${page.pathname}/pay`, `${page.pathname}/../pay`]) await call('GET', where);
  const message = JSON.stringify({ id: 'ev-1', type: 'checkout.paid', checkout: checkout.id, amount: checkout.price.amount, currency: checkout.price.currency });
  for (const signed of ['', `t=${Math.floor(Date.now() / 1000)},v1=${'0'.repeat(64)}`, 't=1,v1=']) {
    const answer = await fetch(`${gate.url}/v1/callbacks/webhook/demo`, { method: 'POST', headers: { 'content-type': 'application/json', 'cliff-signature': signed }, body: message });
    assert.equal(answer.status, 400);
  }
  const thief = await newViewer();
  assert.equal((await json('GET', `/v1/checkouts/${checkout.id}`, { viewer: thief })).status, 404);
  assert.equal((await json('GET', `/v1/checkouts/${checkout.id}`, { viewer })).state, 'pending');
  assert.equal((await play(viewer, 'e009')).status, 402);
});

test('threat 6: not one byte of a locked episode left the gate', async () => {
  const viewer = await newViewer();
  const manifest = await (await fetch(`${gate.url}/series/${SERIES}.json`)).text();
  const told = [manifest, JSON.stringify(await play(viewer, 'e012')), JSON.stringify(await json('GET', `/v1/series/${SERIES}/access`, { viewer })), JSON.stringify(await json('GET', '/v1/me/ledger', { viewer }))].join('\n');
  const free = new Set([...manifest.matchAll(/\/free\/([^"]+)\/[^"/]+"/g)].map(([, folder]) => folder));
  assert.equal(free.size, 5, 'the manifest has the folders of the free episodes and no others');
  assert.doesNotMatch(told, /\/p\//);
  const owner = await newViewer();
  await pay(await buy(owner, 'rest'));
  let bytes = 0;
  for (const id of ['e010', 'e011', 'e012']) {
    const { grant } = await play(owner, id);
    for (const { url } of [...grant.renditions, ...grant.captions]) {
      const { pathname } = new URL(url, gate.url);
      const bare = pathname.replace(/^\/p\/[^/]+/, '');
      const [, token] = /^\/p\/([^/]+)/.exec(new URL((await play(viewer, 'e001')).grant.renditions[0].url, gate.url).pathname);
      for (const where of [bare, `/free${bare}`, `/poster${bare}`, `/p${bare}`, `/p/${viewer}${bare}`, `/p/${token}${bare}`, `/series${bare}`]) {
        const answer = await fetch(`${gate.url}${where}`);
        const body = Buffer.from(await answer.arrayBuffer());
        assert.ok(answer.status >= 400, `${where}: ${answer.status}`);
        if (body.includes('ftyp') || body.includes('WEBVTT')) bytes += body.length;
      }
    }
  }
  assert.equal(bytes, 0);
});

test('threat 54: no viewer token, quote or signature is in what the gate prints', () => {
  assert.doesNotMatch(gate.output(), /eyJ|v1=/);
});
