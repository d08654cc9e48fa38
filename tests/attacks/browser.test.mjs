// Attacks from inside the browser: what a viewer with developer tools, a hostile page or a hostile manifest tries.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before } from 'node:test';
import { startGate } from '../e2e/support/gate.mjs';
import { player, scenario } from '../e2e/support/scenario.mjs';
import { series } from '../e2e/support/series.mjs';

let gate;
let free;
before(async () => {
  gate = await startGate({ args: ['--free-episodes', '5', '--demo'] });
  const manifest = await (await fetch(`${gate.url}/series/neon-vows.json`)).json();
  free = new Set(JSON.stringify(manifest.episodes).match(/(?<=\/free\/neon-vows\/)[0-9a-z]+/g));
});
after(() => gate?.stop());

const watchPage = () => `${gate.url}/watch/neon-vows`;

/** Every request of the page from now on. */
function record(stage) {
  const asked = [];
  stage.page.on('request', (request) => asked.push(request));
  return asked;
}

/** Media was asked for, and none of a locked episode. */
function assertOnlyFree(asked) {
  const keys = asked.map((request) => /^\/(?:free|p\/[^/]+)\/[^/]+\/([^/]+)\//.exec(new URL(request.url()).pathname)?.[1]).filter(Boolean);
  assert.ok(keys.length > 0, 'media of free episodes was asked for');
  for (const key of keys) assert.ok(free.has(key), `asked for media of an episode that is not free: ${key}`);
}

async function assertLocked(stage) {
  await stage.call('goTo', 6);
  await stage.at(6);
  await stage.untilShows('paywall');
  await stage.settled();
  assert.equal((await stage.videos()).some((video) => !video.paused), false);
  assert.notEqual(await stage.get('access'), 'granted');
}

scenario('threat 5: what is written into storage opens nothing', async ({ open }) => {
  const stage = await open({ url: watchPage() });
  await stage.playing(1);
  await stage.eval(() => {
    const lies = JSON.stringify({ unlocked: ['e006'], access: 'granted', free: 999, coins: 9999, wallet: { paid: 9999, bonus: 9999 }, viewer: 'root' });
    const names = [...Object.keys(localStorage), ...Object.keys(sessionStorage), 'cliffhanger', 'cliffhanger:neon-vows', 'cliffhanger:access', 'cliffhanger:wallet', 'cliffhanger:viewer', 'unlocked'];
    for (const name of names) {
      localStorage.setItem(name, lies);
      sessionStorage.setItem(name, lies);
    }
  });
  await stage.playing(1);
  await stage.until(() => document.readyState === 'complete');
  const asked = record(stage);
  await stage.page.reload({ waitUntil: 'commit' });
  await stage.untilShows('viewport');
  await assertLocked(stage);
  await stage.call('goTo', 1);
  await stage.playing(1);
  assertOnlyFree(asked);
});

scenario('threat 26: the page that takes money shows nothing inside another page', async ({ open, origin }) => {
  const call = async (path, body, viewer) => (await fetch(`${gate.url}${path}`, {
    method: 'POST', body: body && JSON.stringify(body),
    headers: { 'idempotency-key': randomUUID(), 'content-type': 'application/json', ...(viewer && { authorization: `Bearer ${viewer}` }) },
  })).json();
  const { viewerToken } = await call('/v1/viewers');
  const checkout = await call('/v1/checkouts', { series: 'neon-vows', episode: 'e006', offer: 'pack-30' }, viewerToken);
  const where = new URL(checkout.url, gate.url).href;
  const frame = origin.put('/frame.html', `<!doctype html><html lang="en"><title>t</title><iframe src="${where}" style="opacity:0.01;width:100%;height:90vh"></iframe>`);
  const stage = await open({ url: frame });
  const [, inner] = await stage.until(() => document.readyState === 'complete').then(() => stage.page.frames());
  assert.match(inner.url(), /^chrome-error:/);
  assert.equal(await inner.locator('button').count(), 0, 'there is no button to be led to');
  const alone = await open({ url: where });
  assert.equal(await alone.page.locator('button').count(), 1, 'while on its own the page has one');
});

scenario('threat 31: keys that mean something to JavaScript pollute nothing', async ({ open, origin }) => {
  const keys = '"__proto__":{"polluted":true,"state":"free"},"constructor":{"prototype":{"polluted":true}},"prototype":{"polluted":true},';
  const hostile = JSON.stringify(series({ count: 4, free: 2 })).replaceAll('{"', `{${keys}"`);
  const stage = await open({ body: player(origin, hostile) });
  await stage.playing(1);
  assert.deepEqual(await stage.eval(() => ['polluted' in {}, 'polluted' in document.body, 'state' in Object.prototype]), [false, false, false]);
  await stage.call('goTo', 3);
  await stage.event('paywallopen');
  assert.deepEqual(origin.episodesAsked().filter((n) => n > 2), [], 'nor is anything free that was not');
});

scenario('threat 32: messages posted to the page open nothing', async ({ open }) => {
  const stage = await open({ url: watchPage() });
  const asked = record(stage);
  await stage.playing(1);
  await stage.call('goTo', 6);
  await stage.untilShows('paywall');
  await stage.eval(async () => {
    const grant = { id: 'x', episode: 'e006', source: 'free', renditions: [{ type: 'mp4', url: '/free/neon-vows/x/v1.mp4' }] };
    const element = document.querySelector('cliffhanger-player');
    for (const type of ['unlocked', 'unlock', 'grant', 'access', 'accesschange', 'cliffhanger:unlocked', 'token', 'unlockrequest']) {
      const detail = { type, event: type, unlocked: true, access: 'granted', episode: 'e006', grant, token: 'eyJ' };
      for (const message of [detail, JSON.stringify(detail)]) {
        window.postMessage(message, '*');
        for (const target of [window, document, element]) target.dispatchEvent(new MessageEvent('message', { data: message, origin: location.origin, source: window }));
        element.dispatchEvent(new CustomEvent(type, { detail }));
      }
    }
    await new Promise((resolve) => { window.addEventListener('message', ({ data }) => data === 'last' && resolve()); window.postMessage('last', '*'); });
  });
  await assertLocked(stage);
  assertOnlyFree(asked);
});

scenario('threat 54: no address is told to the next server', async ({ open }) => {
  const stage = await open({ url: watchPage() });
  await stage.until(() => document.readyState === 'complete');
  const asked = record(stage);
  await stage.page.reload({ waitUntil: 'commit' });
  await stage.playing(1);
  await stage.flingTo(2);
  await stage.playing(2);
  const referrers = await Promise.all(asked.map(async (request) => (await request.allHeaders()).referer));
  assert.deepEqual(referrers.filter(Boolean), []);
  assert.equal((await fetch(watchPage())).headers.get('referrer-policy'), 'no-referrer');
});

scenario('threat 59: with a damaged wasm nothing locked is asked for and the free video goes on', async ({ open, origin }) => {
  origin.put('/blank.html', '');
  const stage = await open({ url: `${origin.url}/blank.html` });
  let damaged = 0;
  await stage.page.route('**/*.wasm', async (route) => {
    const whole = await (await route.fetch()).body();
    damaged += 1;
    const half = damaged % 2 ? whole.subarray(0, whole.length / 2) : Buffer.concat([whole.subarray(0, 5000), Buffer.alloc(1000, 0xff), whole.subarray(6000)]);
    await route.fulfill({ body: half, contentType: 'application/wasm' });
  });
  for (const where of [watchPage(), `${watchPage()}/6`]) {
    const asked = record(stage);
    await stage.page.goto(where, { waitUntil: 'commit' });
    await stage.event('error');
    const [first] = await stage.eval(() => [...document.querySelectorAll('cliffhanger-player video')].map(({ src }) => src));
    if (where === watchPage()) {
      await stage.until(() => document.querySelector('cliffhanger-player video').currentTime > 0.05, { what: 'the free video plays' });
      assertOnlyFree(asked);
    } else {
      assert.equal(first, undefined, 'the page of a locked episode has no video');
      assert.deepEqual(asked.map((request) => request.url()).filter((url) => /\/(free|p)\//.test(url)), []);
    }
  }
  assert.ok(damaged >= 2);
});
