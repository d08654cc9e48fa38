// Inside the browsers of other apps: the way out, and what came with the visit.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { campaign, elsewhere, inAppBrowser } from '../../www/elsewhere.js';
import { PHONE, browser } from './support/browser.mjs';
import { startGate } from './support/gate.mjs';
import { scenario } from './support/scenario.mjs';

const INSTAGRAM = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/22A3354 Instagram 350.0.0.0';
const TIKTOK = 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/130.0 Mobile Safari/537.36 trill_350 BytedanceWebview/d8a21c6';
const SAFARI = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';

let gate;
before(async () => { gate = await startGate({ args: ['--demo'] }); });
after(() => gate?.stop());

test('the browsers of other apps are known by name, and no other', () => {
  assert.equal(inAppBrowser(INSTAGRAM), 'Instagram');
  assert.equal(inAppBrowser(TIKTOK), 'TikTok');
  assert.equal(inAppBrowser('Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Mobile/15E148 [FBAN/FBIOS;FBAV/480.0]'), 'Facebook');
  assert.equal(inAppBrowser('Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.50'), 'WeChat');
  assert.equal(inAppBrowser(SAFARI), null);
});

test('the way out keeps episode, second and campaign; on Android it asks the system', () => {
  const here = 'https://drama.example/watch/neon-vows?utm_source=reels';
  assert.equal(elsewhere(here, { ordinal: 7, seconds: 12.9 }, INSTAGRAM), `${here}#e=7&t=12`);
  assert.equal(elsewhere(`${here}#e=1`, { ordinal: 2, seconds: 0 }, INSTAGRAM), `${here}#e=2`);
  assert.equal(
    elsewhere(here, { ordinal: 7, seconds: 12 }, TIKTOK),
    'intent://drama.example/watch/neon-vows?utm_source=reels&cliffhanger=e%3D7%26t%3D12#Intent;scheme=https;'
      + 'S.browser_fallback_url=https%3A%2F%2Fdrama.example%2Fwatch%2Fneon-vows%3Futm_source%3Dreels%23e%3D7%26t%3D12;end',
  );
});

test('campaign parameters are those of advertisers, and no others', () => {
  assert.deepEqual(campaign('?utm_source=a&fbclid=b&ttclid=c&token=secret&series=x'), { utm_source: 'a', fbclid: 'b', ttclid: 'c' });
});

const inApp = async (userAgent, body) => {
  const context = await (await browser()).newContext({ ...PHONE, userAgent });
  try { await body(context); } finally { await context.close(); }
};

scenario('inside another app the watch page offers the way out, at the episode and second of that moment', ({ open }) => inApp(INSTAGRAM, async (context) => {
  const stage = await open({ url: `${gate.url}/watch/neon-vows?utm_source=reels`, context });
  await stage.playing(1, { seconds: 1.1 });
  await stage.call('goTo', 3);
  await stage.playing(3, { seconds: 1.1 });
  const link = stage.page.getByRole('link', { name: 'Open in browser' });
  const [there] = await Promise.all([context.waitForEvent('page'), link.tap()]);
  await there.waitForFunction(() => document.querySelector('cliffhanger-player')?.currentEpisode?.n === 3);
  const url = new URL(there.url());
  assert.equal(url.searchParams.get('utm_source'), 'reels');
  assert.match(url.hash, /^#e=3&t=\d+$/);
}));

scenario('in a browser of its own nothing is offered', ({ open }) => inApp(SAFARI, async (context) => {
  const stage = await open({ url: `${gate.url}/watch/neon-vows`, context });
  await stage.playing(1);
  assert.equal(await stage.eval(() => document.querySelector('.elsewhere')), null);
}));

scenario('a place that comes as a parameter is where the player starts, and leaves the address', async ({ open }) => {
  const stage = await open({ url: `${gate.url}/watch/neon-vows?utm_source=x&cliffhanger=e%3D3%26t%3D2` });
  await stage.playing(3, { seconds: 2 });
  assert.equal(await stage.eval(() => location.search), '?utm_source=x');
});

scenario('a parameter that is no place is dropped', async ({ open }) => {
  const stage = await open({ url: `${gate.url}/watch/neon-vows?cliffhanger=${encodeURIComponent('e=1"><img src=x onerror=alert(1)>')}` });
  await stage.playing(1);
  assert.equal(await stage.eval(() => location.search), '');
});
