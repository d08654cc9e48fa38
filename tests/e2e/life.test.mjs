import assert from 'node:assert/strict';
import { browser, PHONE } from './support/browser.mjs';
import { player, scenario } from './support/scenario.mjs';
import { series } from './support/series.mjs';

const feed = (origin, attributes = '') => player(origin, series({ count: 8, free: 99 }), `autoplay muted no-auto-advance ${attributes}`);

/** Makes the page believe it is hidden or shown, as switching tabs would. */
const hide = (stage, hidden) => stage.eval((state) => {
  Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => (state ? 'hidden' : 'visible') });
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => state });
  document.dispatchEvent(new Event('visibilitychange'));
}, hidden);

scenario('a viewer who comes back goes on where they stopped', async ({ origin, open }) => {
  const context = await (await browser()).newContext(PHONE);
  try {
    const first = await open({ body: feed(origin), context });
    await first.playing(1);
    await first.call('goTo', 3);
    await first.playing(3);
    await first.eval(() => { document.querySelector('cliffhanger-player').currentTime = 2.5; });
    await first.playing(3, { seconds: 2.8 });
    await first.page.close();
    const again = await open({ body: feed(origin), context });
    await again.playing(3, { seconds: 2 });
    const fresh = await open({ body: feed(origin, 'no-resume'), context });
    await fresh.playing(1);
    assert.deepEqual(again.pageErrors, []);
  } finally {
    await context.close();
  }
});

scenario('a page whose storage throws plays all the same', async ({ origin, open }) => {
  const stage = await open({
    body: feed(origin),
    head: `<script>
      for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) {
        Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } });
      }
    </script>`,
  });
  await stage.playing(1);
  await stage.flingTo(2);
  await stage.playing(2);
});

scenario('a deep link opens its episode at its second', async ({ origin, open }) => {
  const url = origin.put('/deep.html', `<!doctype html><html lang="en"><title>deep</title><style>body{margin:0}cliffhanger-player{display:block;height:100dvh}</style>
    <script type="module" src="/cliffhanger/cliffhanger.js"></script>${feed(origin, 'deep-link')}`);
  const stage = await open({ url: `${url}#e=3&t=2` });
  await stage.playing(3, { seconds: 2 });
  assert.ok(await stage.get('currentTime') < 4);
  assert.ok(!origin.episodesAsked().includes(1), 'the first episode is not loaded on the way');
  await stage.flingTo(4);
  await stage.until(() => /(^#|&)e=4(&|$)/.test(location.hash), { what: 'the address names episode 4' });
});

scenario('following a link to another episode of the page goes there', async ({ origin, open }) => {
  const stage = await open({ body: `<a id="link" style="position:fixed;z-index:9" href="#e=6&amp;t=1">six</a>${feed(origin, 'deep-link')}` });
  await stage.playing(1);
  await stage.page.locator('#link').tap();
  await stage.playing(6, { seconds: 1 });
  assert.deepEqual((await stage.seen('episodechange')).map(({ detail }) => `${detail.cause} ${detail.episode.n}`), ['deeplink 6']);
});

scenario('a deep link to a locked or unknown episode does not get past the wall', async ({ origin, open }) => {
  const url = origin.put('/deep.html', `<!doctype html><html lang="en"><title>deep</title><style>body{margin:0}cliffhanger-player{display:block;height:100dvh}</style>
    <script type="module" src="/cliffhanger/cliffhanger.js"></script>${feed(origin, 'deep-link free-episodes="2"')}`);
  const locked = await open({ url: `${url}#e=5&t=2` });
  assert.equal((await locked.event('paywallopen')).detail.episode.n, 5);
  assert.deepEqual(origin.episodesAsked().filter((n) => n > 2), []);
  const unknown = await open({ url: `${url}?again#e=%00nobody&t=-1e9` });
  await unknown.event('ready');
  await unknown.until(() => document.querySelector('cliffhanger-player').currentEpisode);
});

const LONG = `<style>body{margin:0}main p{height:600px;margin:0}.box{width:400px;height:500px;margin:0 auto}cliffhanger-player{width:400px!important;height:500px!important}</style>`;
const inLongPage = (origin) => `<main><p>above</p><div class="box">${player(origin, series({ count: 2, free: 9 }))}</div><p>below</p><p>below</p></main>`;

scenario('an embed in a long page leaves the wheel to the page at its ends', async ({ origin, open }) => {
  const stage = await open({ body: inLongPage(origin), head: LONG, desktop: true });
  await stage.playing(1).catch(() => {});
  await stage.eval(() => scrollTo(0, 500));
  await stage.until(() => document.querySelector('cliffhanger-player').isReady);
  await stage.until(() => scrollY > 490 && scrollY < 510);
  await stage.wheel(-200, { x: 640, y: 350 });
  await stage.until(() => scrollY < 450, { what: 'the page scrolls up from the first episode' });
  await stage.call('goTo', 2);
  await stage.at(2);
  await stage.settled();
  const before = await stage.eval(() => scrollY);
  await stage.wheel(200, { x: 640, y: 400 });
  await stage.until((y) => scrollY > y + 50, { args: [before], what: 'the page scrolls down from the last episode' });
});

scenario('keys in the page\'s own fields are not the player\'s', async ({ origin, open }) => {
  const stage = await open({ body: `<input id="name" style="position:fixed;z-index:9">${feed(origin)}`, desktop: true });
  await stage.playing(1);
  await stage.page.locator('#name').focus();
  await stage.page.keyboard.type('k m');
  for (const key of ['ArrowDown', 'PageDown', 'End', 'Space']) await stage.page.keyboard.press(key);
  await stage.settled();
  assert.equal((await stage.get('currentEpisode')).n, 1);
  assert.equal(await stage.get('paused'), false);
  assert.equal(await stage.eval(() => document.querySelector('#name').value.trim()), 'k m');
});

scenario('no-keyboard leaves every key to the page', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin, 'no-keyboard tabindex="0"'), desktop: true });
  await stage.playing(1);
  await stage.eval(() => document.querySelector('cliffhanger-player').focus());
  for (const key of ['ArrowDown', 'PageDown', 'End', 'Space', 'k', 'm']) await stage.page.keyboard.press(key);
  await stage.settled();
  assert.equal((await stage.get('currentEpisode')).n, 1);
  assert.equal(await stage.get('paused'), false);
});

scenario('focus moves into the sheet, and a viewer with a keyboard gets out of it', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin, 'free-episodes="1"'), desktop: true });
  await stage.playing(1);
  await stage.eval(() => document.querySelector('cliffhanger-player').focus());
  await stage.page.keyboard.press('ArrowDown');
  await stage.untilShows('paywall');
  await stage.until(() => document.querySelector('cliffhanger-player').shadowRoot.activeElement?.closest('[part~="paywall"]'), { what: 'focus is in the sheet' });
  await stage.page.keyboard.press('Escape');
  await stage.untilShows('paywall', false);
  await stage.page.keyboard.press('ArrowUp');
  await stage.playing(1);
});

scenario('Space plays and pauses', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin), desktop: true });
  await stage.playing(1);
  await stage.eval(() => document.querySelector('cliffhanger-player').focus());
  await stage.page.keyboard.press('Space');
  await stage.until(() => document.querySelector('cliffhanger-player').paused);
  await stage.page.keyboard.press('Space');
  await stage.playing(1);
});

scenario('a hidden page is silent, and what was playing goes on when it is shown', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  await hide(stage, true);
  await stage.until(() => [...document.querySelector('cliffhanger-player').shadowRoot.querySelectorAll('video')].every((video) => video.paused));
  await hide(stage, false);
  await stage.playing(1);
  await stage.call('pause');
  await hide(stage, true);
  await hide(stage, false);
  await stage.settled();
  assert.equal(await stage.get('paused'), true, 'what the viewer paused stays paused');
});

scenario('a player that is moved in the document goes on', async ({ origin, open }) => {
  const stage = await open({ body: `<div id="here">${feed(origin)}</div><div id="there"></div>` });
  await stage.playing(1);
  await stage.call('goTo', 3);
  await stage.playing(3);
  await stage.eval(() => document.querySelector('#there').append(document.querySelector('cliffhanger-player')));
  await stage.playing(3);
  assert.equal((await stage.seen('ready')).length, 1, 'it was not built anew');
  await stage.settled();
  await stage.flingTo(4);
  await stage.playing(4);
});

scenario('a player taken out of the document is silent, and works when put back', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  await stage.eval(() => { window.taken = document.querySelector('cliffhanger-player'); window.taken.remove(); });
  await stage.until(() => [...window.taken.shadowRoot.querySelectorAll('video')].every((video) => video.paused));
  await stage.eval(() => document.body.append(window.taken));
  await stage.until(() => document.querySelector('cliffhanger-player').currentEpisode?.n === 1);
  await stage.eval(() => document.querySelector('cliffhanger-player').play());
  await stage.playing(1);
});

scenario('destroy() lets go of every video and of the network', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  await stage.eval(() => { const p = document.querySelector('cliffhanger-player'); window.kept = [...p.shadowRoot.querySelectorAll('video')]; p.destroy(); });
  await stage.until(() => window.kept.every((video) => video.paused && !video.getAttribute('src') && video.networkState === 0), { what: 'every video is empty' });
  await stage.call('destroy');
  assert.equal(await stage.call('next').catch(() => false), false);
});

scenario('a page that gives the player a height and no width gets no page wider than the screen', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin), head: '<style>cliffhanger-player{width:auto!important}</style>' });
  await stage.playing(1);
  assert.deepEqual(await stage.eval(() => [document.documentElement.scrollWidth, innerWidth, document.querySelector('cliffhanger-player').clientWidth]), [390, 390, 390]);
});
