// Buying, from the wall to the film, with the real gate and its demo checkout.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { asViewersHaveIt, browser, PHONE } from './support/browser.mjs';
import { startGate } from './support/gate.mjs';
import { scenario } from './support/scenario.mjs';
import { clickByScript, tapOffer } from './support/sheet.mjs';

let gate;
before(async () => { gate = await startGate({ args: ['--demo'] }); });
after(() => gate?.stop());

const watchPage = (n = 5) => `${gate.url}/watch/neon-vows/${n}`;
const SHEET = '[part~="paywall"]';

/** What the sheet says, its text as a viewer reads it. */
const said = (stage) => stage.text('paywall');
const says = (stage, text, ms) => stage.until((css, wanted) => [...document.querySelector('cliffhanger-player').shadowRoot.querySelectorAll(css)]
  .some((sheet) => sheet.checkVisibility() && sheet.innerText.includes(wanted)), { args: [SHEET, text], what: `the sheet says ${text}`, ms });

/** Waits until what the sheet shows accepts a tap: it has looked the same for long enough. */
async function still(stage, ms = 900) {
  let last;
  await stage.until(async () => true);
  for (let since = performance.now(); performance.now() - since < ms;) {
    const now = await stage.eval((css) => document.querySelector('cliffhanger-player').shadowRoot.querySelector(css).innerText, SHEET);
    if (now !== last) { last = now; since = performance.now(); }
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
}

/** Taps a control of the sheet by its words. */
async function tapControl(stage, text) {
  const at = await stage.until((css, wanted) => {
    const all = [...document.querySelector('cliffhanger-player').shadowRoot.querySelector(css).querySelectorAll('button, a')];
    const control = all.find((one) => one.checkVisibility() && one.innerText.includes(wanted));
    control?.scrollIntoView({ block: 'nearest' });
    const box = control?.getBoundingClientRect();
    return box && { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }, { args: [SHEET, text], what: `a control with ${text}` });
  await stage.tap(at.x, at.y);
}

/** At the wall before episode 6, with the sheet settled. */
async function atWall(open, options = {}) {
  const stage = await open({ url: watchPage(), ...options });
  await stage.playing(5);
  await stage.call('goTo', 6);
  await stage.event('paywallopen');
  await says(stage, 'Unlock this episode');
  await still(stage);
  return stage;
}

/** Buys the smallest pack through the demo's payment page, which opens in a window of its own. */
async function buyPack(stage) {
  await tapOffer(stage);
  await says(stage, 'You need 30 coins more.');
  await still(stage);
  const [payment] = await Promise.all([stage.page.context().waitForEvent('page'), tapOffer(stage)]);
  await payment.getByRole('button', { name: 'Pay' }).click();
  await says(stage, 'You have 30 coins');
  await still(stage);
  return payment;
}

/** Milliseconds from the tap to moving pictures on the same slide. */
async function unlock(stage, n) {
  await stage.eval(() => {
    window.tappedAt = 0;
    document.addEventListener('click', () => { window.tappedAt ||= performance.now(); }, { capture: true });
  });
  await tapOffer(stage);
  await stage.playing(n);
  return stage.eval(() => window.seen.findLast(({ type }) => type === 'firstframe').at - window.tappedAt);
}

const charges = (requests) => requests.filter((one) => one.endsWith('/v1/unlocks')).length;
function record(stage) {
  const asked = [];
  stage.page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
  return asked;
}

scenario('a viewer hits the wall, buys coins, unlocks, and the episode plays within two seconds of the tap, for this viewer alone', async ({ open }) => {
  const context = await (await browser()).newContext(PHONE);
  try {
    const stage = await atWall(open, { context });
    const asked = record(stage);
    assert.match(await said(stage), /30 coins[\s\S]*€0\.30/, 'money beside the coins');
    assert.match(await said(stage), /All 7 remaining episodes: 210 coins \(€2\.10\)/);
    assert.deepEqual(asked.filter((one) => one.includes('viewers')), [], 'nobody is known before a tap');
    const payment = await buyPack(stage);
    await stage.until(() => true);
    if (!payment.isClosed()) await payment.waitForEvent('close');
    assert.match(await said(stage), /Your payment has arrived/);
    assert.equal(charges(asked), 0, 'paid, and nothing is unlocked by itself');
    const slide = await stage.eval(() => document.querySelector('cliffhanger-player').shadowRoot.querySelector('[part~="viewport"]').scrollTop);
    const ms = await unlock(stage, 6);
    assert.ok(ms < 2_000, `${Math.round(ms)} ms from the tap to the first frame`);
    assert.equal(await stage.eval(() => document.querySelector('cliffhanger-player').shadowRoot.querySelector('[part~="viewport"]').scrollTop), slide);
    assert.equal(charges(asked), 1);
    assert.equal((await stage.event('paywallclose')).detail.outcome, 'unlocked');

    await stage.page.goto(watchPage(6), { waitUntil: 'commit' });
    await stage.playing(6);
    assert.equal(await stage.get('access'), 'granted', 'a reload finds it open');
    const other = await open({ url: watchPage(6) });
    await other.event('paywallopen');
    assert.equal(await other.get('access'), 'locked', 'another profile does not');
  } finally {
    await context.close();
  }
}, { timeout: 120_000 });

scenario('where no window can be opened the sheet leads to the payment in this page, and back to the same episode', async ({ open }) => {
  const context = await (await browser()).newContext(PHONE);
  await context.addInitScript(() => { window.open = () => null; });
  try {
    const stage = await atWall(open, { context });
    await tapOffer(stage);
    await says(stage, 'You need 30 coins more.');
    await still(stage);
    await tapOffer(stage);
    await says(stage, 'Your payment page is ready.');
    await tapControl(stage, 'Open the payment page');
    await stage.page.waitForURL(/\/checkout\/demo\//);
    await stage.page.getByRole('button', { name: 'Pay' }).click();
    await stage.page.getByRole('link', { name: 'Back to the series' }).click();
    await stage.page.waitForURL(/\/watch\//);
    await says(stage, 'Your payment has arrived.');
    assert.equal((await stage.get('currentEpisode')).n, 6);
    await still(stage);
    const ms = await unlock(stage, 6);
    assert.ok(ms < 2_000, `${Math.round(ms)} ms`);
  } finally {
    await context.close();
  }
}, { timeout: 120_000 });

scenario('a reply that is lost charges once: the purchase is checked and found, also after a reload', async ({ open }) => {
  const context = await (await browser()).newContext(PHONE);
  try {
    const stage = await atWall(open, { context });
    await buyPack(stage);
    let keys = [];
    let lose = true;
    await context.route('**/v1/unlocks', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      if (!lose) return route.continue();
      await route.fetch(); // the gate acts on it
      return route.abort('connectionreset');
    });
    await tapOffer(stage);
    await says(stage, 'Checking your purchase');
    assert.equal(await stage.get('access'), 'locked');
    const asked = record(stage);
    await stage.page.goto(watchPage(6), { waitUntil: 'commit' });
    lose = false;
    await stage.playing(6);
    assert.equal(new Set(keys).size, 1, `one key for one tap: ${keys}`);
    const token = await stage.eval(() => Object.entries(localStorage).find(([name]) => name.startsWith('cliffhanger:@'))[1]);
    const ledger = await (await fetch(`${gate.url}/v1/me/ledger`, { headers: { authorization: `Bearer ${token}` } })).json();
    assert.deepEqual(ledger.entries.map(({ reason, delta }) => [reason, delta]), [['unlock', -30], ['pack', 30]]);
    assert.ok(asked.length > 0);
  } finally {
    await context.close();
  }
}, { timeout: 120_000 });

scenario('swipes, double taps, the end of an episode and clicks by script buy nothing', async ({ open }) => {
  const stage = await atWall(open);
  const asked = record(stage);
  await clickByScript(stage);
  for (let count = 0; count < 4; count += 1) await stage.fling();
  await stage.tap(195, 120);
  await stage.tap(195, 120);
  await stage.settled();
  await stage.call('goTo', 5);
  await stage.playing(5);
  await stage.eval(() => { const player = document.querySelector('cliffhanger-player'); player.currentTime = player.duration - 0.3; });
  await stage.at(6);
  await stage.settled();
  assert.deepEqual(asked.filter((one) => /POST .*\/v1\/(unlocks|checkouts|viewers|quotes)/.test(one)), []);
});

scenario('with the shop out of reach the sheet says so, nothing is charged, and trying again goes on', async ({ open }) => {
  const stage = await open({ url: watchPage() });
  await stage.playing(5);
  await stage.page.route('**/v1/**', (route) => route.abort('connectionrefused'));
  await stage.call('goTo', 6);
  await says(stage, 'We could not ask whether this episode is open to you');
  await stage.call('goTo', 5);
  await stage.playing(5);
  await stage.call('goTo', 6);
  await says(stage, 'Try again');
  await stage.page.unroute('**/v1/**');
  await tapControl(stage, 'Try again');
  await says(stage, 'Unlock this episode');
  await still(stage);
  await tapOffer(stage);
  await says(stage, 'You need 30 coins more.');
  await still(stage);
  await stage.page.route('**/v1/**', (route) => route.abort('connectionrefused'));
  await tapOffer(stage);
  await says(stage, 'We cannot reach the shop. You have not been charged.');
});

scenario('a grant is renewed while the episode plays, and a refused range asks the gate once, without a seam', async ({ open }) => {
  const context = await (await browser()).newContext(PHONE);
  try {
    const stage = await atWall(open, { context });
    await buyPack(stage);
    await unlock(stage, 6);
    const asked = record(stage);
    let refused = 0;
    await context.route('**/p/**', (route) => {
      if (refused > 0) return route.continue();
      refused += 1;
      return route.fulfill({ status: 401, headers: { 'access-control-allow-origin': '*', 'cliff-problem': 'token-expired' } });
    });
    const before = (await stage.seen('waiting', 'pause', 'error')).length;
    const video = await stage.eval(() => {
      const player = document.querySelector('cliffhanger-player');
      window.sources = [...player.shadowRoot.querySelectorAll('video')].map(({ src }) => src);
      player.currentTime = Math.max(0, player.duration - 6);
      return player.duration;
    });
    await stage.playing(6, { seconds: video - 5 });
    assert.equal(refused, 1);
    assert.ok(asked.filter((one) => one === 'POST /v1/play').length >= 1, 'the gate was asked');
    assert.deepEqual((await stage.seen('error')).length, 0);
    assert.ok((await stage.seen('waiting', 'pause', 'error')).length - before <= 2, 'at most the wait for the jump');
    const same = await stage.eval(() => {
      const player = document.querySelector('cliffhanger-player');
      return [...player.shadowRoot.querySelectorAll('video')].some(({ src }) => src && window.sources.includes(src));
    });
    assert.ok(same, 'the same source went on');
  } finally {
    await context.close();
  }
}, { timeout: 120_000 });

scenario('a page that comes back from the cache of the browser after the viewer has signed out elsewhere gets no more of what was bought', ({ open }) => asViewersHaveIt(async (context) => {
  const stage = await atWall(open, { context });
  await buyPack(stage);
  const media = [];
  stage.page.on('response', (response) => {
    const url = new URL(response.url());
    if (url.pathname.startsWith('/p/')) media.push({ url: url.href, status: response.status() });
  });
  await unlock(stage, 6);
  const address = media.find(({ status }) => status === 206)?.url;
  assert.ok(address, 'it was open');
  await stage.eval(() => { addEventListener('pageshow', ({ persisted }) => { window.back = { persisted, seen: window.seen.length }; }); location.href = '/mark.svg'; });
  await stage.until(() => location.pathname === '/mark.svg');
  const { status } = await stage.eval(async () => {
    const [name, token] = Object.entries(localStorage).find(([each]) => each.startsWith('cliffhanger:@'));
    localStorage.removeItem(name);
    const answer = await fetch('/v1/viewers/revoke', { method: 'POST', headers: { authorization: `Bearer ${token}` } });
    return { status: answer.status };
  });
  assert.equal(status, 204);
  // Every gate hears of it within seconds.
  for (let allowed = true; allowed;) allowed = (await fetch(address, { headers: { range: 'bytes=0-1' } })).ok;
  media.length = 0;
  await stage.eval(() => history.back());
  await stage.until(() => window.back, { what: 'the page is back' });
  assert.equal(await stage.eval(() => window.back.persisted), true, 'it came from the cache');
  await stage.until(() => window.seen.slice(window.back.seen).some(({ type }) => type === 'paywallopen'), { what: 'the wall is there again' });
  assert.deepEqual([await stage.get('access'), (await stage.get('currentEpisode')).n], ['locked', 6]);
  await stage.until(() => [...document.querySelector('cliffhanger-player').shadowRoot.querySelectorAll('video')].every((video) => video.paused));
  await stage.call('play').catch(() => {});
  await stage.call('goTo', 5);
  await stage.playing(5);
  await stage.call('goTo', 6);
  await stage.until(() => window.seen.slice(window.back.seen).filter(({ type }) => type === 'paywallopen').length === 2, { what: 'the wall is there once more' });
  assert.deepEqual([...new Set(media.map(({ status: answered }) => answered))], [403], 'no byte after it');
}), { timeout: 120_000 });
