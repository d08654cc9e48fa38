import assert from 'node:assert/strict';
import { asViewersHaveIt, browser, PHONE } from './support/browser.mjs';
import { player, scenario } from './support/scenario.mjs';
import { OFFERS, series } from './support/series.mjs';
import { armed, tapOffer } from './support/sheet.mjs';

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

/** From here on `window.away` is what every video does when the page has been hidden, put away or brought back, each time after the player heard of it. */
const watchAway = (stage) => stage.eval(() => {
  window.away = [];
  const look = (type) => {
    const videos = [...document.querySelector('cliffhanger-player').shadowRoot.querySelectorAll('video')];
    window.away.push({ type, playing: videos.filter((video) => !video.paused).length, times: videos.map((video) => video.currentTime) });
  };
  document.addEventListener('freeze', () => look('freeze'));
  document.addEventListener('resume', () => look('resume'));
  document.addEventListener('visibilitychange', () => look(document.visibilityState));
  addEventListener('pageshow', (event) => look(event.persisted ? 'restored' : 'new'));
});

/** The first look of a type. */
const looked = (stage, type) => stage.until((wanted) => window.away?.find((look) => look.type === wanted), { args: [type], what: `the page is ${type}` });

/** A video that stands still between two looks. The first may be a frame early: the clock is read exactly only once the pause has come through. */
function assertStood(before, after) {
  const told = JSON.stringify({ before, after });
  assert.deepEqual([before.playing, before.times.length], [0, after.times.length], told);
  assert.ok(before.times.every((time, at) => Math.abs(after.times[at] - time) < 0.1), told);
}

/** A page is kept by the browser only if it may be stored. */
const KEPT = { 'cache-control': 'no-cache' };

scenario('a page that comes back from the cache of the browser goes on where it was, and nothing played while it was away', ({ origin, open }) => asViewersHaveIt(async (context) => {
  const elsewhere = origin.put('/elsewhere.html', '<!doctype html><title>elsewhere</title>');
  const stage = await open({ body: `<a href="${elsewhere}">elsewhere</a>${feed(origin)}`, context, headers: KEPT });
  await stage.playing(1);
  await stage.call('goTo', 3);
  await stage.playing(3, { seconds: 0.5 });
  await watchAway(stage);
  await stage.eval(() => document.querySelector('a').click());
  await stage.until(() => document.title === 'elsewhere' && performance.now() > 2_000, { what: 'two seconds elsewhere' });
  const asked = origin.requests.length;
  await stage.eval(() => history.back());
  await stage.until(() => document.title === 'test' && document.readyState === 'complete', { what: 'the page is back' });
  assert.equal(await stage.eval(() => performance.getEntriesByType('navigation')[0].notRestoredReasons), null, 'nothing of the player keeps the page out of the cache');
  const [left, back] = [await looked(stage, 'freeze'), await looked(stage, 'restored')];
  assertStood(left, back);
  await stage.playing(3, { seconds: Math.max(...left.times) + 0.5 });
  assert.deepEqual(origin.paths().slice(asked).filter((path) => !path.startsWith('/media/')), [], 'it was not built anew');
  assert.deepEqual(await stage.seen('error'), []);
  await stage.call('goTo', 4);
  await stage.playing(4);
  // What the viewer paused stays paused.
  await stage.call('pause');
  await stage.eval(() => { window.away = []; document.querySelector('a').click(); });
  await stage.until(() => document.title === 'elsewhere');
  await stage.eval(() => history.back());
  await looked(stage, 'restored');
  await stage.settled();
  assert.deepEqual([await stage.get('paused'), (await stage.get('currentEpisode')).n], [true, 4]);
}));

scenario('a page that lies behind another tab for a minute is silent, and goes on', ({ open, origin }) => asViewersHaveIt(async (context) => {
  // A minute of the page's clocks: those are all that the player has.
  const clocks = `<script>
    window.ahead = 0;
    for (const clock of [performance, Date]) { const now = clock.now.bind(clock); clock.now = () => now() + window.ahead; }
  </script>`;
  const stage = await open({ body: feed(origin), head: clocks, context });
  await stage.playing(1);
  await stage.call('goTo', 3);
  await stage.playing(3, { seconds: 0.5 });
  await watchAway(stage);
  const other = await context.newPage();
  await other.bringToFront();
  const hidden = await looked(stage, 'hidden');
  const began = await stage.eval(() => performance.now());
  await stage.until((ms) => performance.now() > ms + 2_000, { args: [began], what: 'two seconds behind it' });
  await stage.eval(() => { window.ahead = 58_000; });
  await stage.page.bringToFront();
  assertStood(hidden, await looked(stage, 'visible'));
  await stage.playing(3, { seconds: Math.max(...hidden.times) + 0.5 });
  assert.deepEqual(await stage.seen('error'), []);
  await stage.call('goTo', 4);
  await stage.playing(4);
}));

scenario('a page that is frozen and woken goes on', ({ open, origin }) => asViewersHaveIt(async (context) => {
  const stage = await open({ body: feed(origin), context });
  await stage.playing(1);
  await stage.call('goTo', 3);
  await stage.playing(3, { seconds: 0.5 });
  await watchAway(stage);
  await stage.cdp.send('Page.setWebLifecycleState', { state: 'frozen' });
  const frozen = await looked(stage, 'freeze');
  await stage.cdp.send('Page.setWebLifecycleState', { state: 'active' });
  const woken = await looked(stage, 'resume');
  assertStood(frozen, woken);
  assert.equal(woken.playing, 0, 'woken but not shown it is silent still');
  // The browser shows again only what lay behind something.
  await (await context.newPage()).bringToFront();
  await stage.page.bringToFront();
  await looked(stage, 'visible');
  await stage.playing(3, { seconds: Math.max(...frozen.times) + 0.5 });
  assert.deepEqual(await stage.seen('error'), []);
  await stage.call('goTo', 4);
  await stage.playing(4);
}));

const UPRIGHT = PHONE.viewport;
const LYING = { width: UPRIGHT.height, height: UPRIGHT.width };

/** Turns the phone and waits until the page has been laid out so and the feed lies still. */
async function turn(stage, viewport) {
  await stage.page.setViewportSize(viewport);
  await stage.until(({ width, height }) => innerWidth === width && innerHeight === height, { args: [viewport], what: `the page is ${viewport.width} wide` });
  await stage.settled();
}

/** Where the video that plays lies, beside the player itself: equal when nothing is scrolled away. */
const onScreen = (stage) => stage.eval(() => {
  const rounded = ({ x, y, width, height }) => [x, y, width, height].map(Math.round);
  const player = document.querySelector('cliffhanger-player');
  const [video] = [...player.shadowRoot.querySelectorAll('video')].filter((each) => !each.paused);
  return { slide: rounded(video.closest('[part~="slide"]').getBoundingClientRect()), player: rounded(player.getBoundingClientRect()) };
});

scenario('turning the phone leaves the same episode on the screen, and it plays on', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  for (const n of [1, 4, 8]) {
    if (n > 1) await stage.call('goTo', n);
    await stage.playing(n, { seconds: 0.3 });
    await stage.settled();
    const before = (await stage.seen('pause', 'waiting', 'seeking', 'episodechange', 'error')).length;
    for (const viewport of [LYING, UPRIGHT]) {
      const time = await stage.get('currentTime');
      await turn(stage, viewport);
      await stage.playing(n, { seconds: time + 0.3 });
      const { slide, player: whole } = await onScreen(stage);
      assert.deepEqual(slide, whole, `episode ${n} fills the player at ${viewport.width}`);
      assert.deepEqual(whole, [0, 0, viewport.width, viewport.height]);
    }
    assert.deepEqual((await stage.seen('pause', 'waiting', 'seeking', 'episodechange', 'error')).slice(before), [], 'nothing else happened');
  }
  await stage.call('goTo', 4);
  await stage.playing(4);
  await stage.settled();
  await turn(stage, LYING);
  await stage.flingTo(5, { x: 422, height: 390 });
  await stage.playing(5);
});

scenario('turning the phone while a finger holds the feed ends on one episode', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  await stage.call('goTo', 4);
  await stage.playing(4);
  await stage.settled();
  const finger = await stage.drag({ from: 0.7, to: 0.4 });
  await stage.until(() => {
    const [viewport] = document.querySelector('cliffhanger-player').shadowRoot.querySelectorAll('[part~="viewport"]');
    return viewport.scrollTop % viewport.clientHeight > 100;
  }, { what: 'the next episode is partly uncovered' });
  await stage.page.setViewportSize(LYING);
  await stage.until(() => innerWidth > innerHeight);
  await finger.lift();
  await stage.settled();
  const { n } = await stage.get('currentEpisode');
  assert.ok(n === 4 || n === 5, `episode ${n}`);
  await stage.playing(n);
  const { slide, player: whole } = await onScreen(stage);
  assert.deepEqual(slide, whole);
});

scenario('the paywall and the drawer can be used after the phone has been turned', async ({ origin, open }) => {
  const stage = await open({ body: player(origin, series({ count: 8, free: 4, offers: OFFERS }), 'autoplay muted no-auto-advance') });
  await stage.playing(1);
  await stage.page.getByRole('button', { name: 'Episodes', exact: true }).tap();
  await stage.untilShows('drawer');
  await turn(stage, LYING);
  assert.equal(await stage.shows('drawer'), true);
  await stage.page.getByRole('button', { name: /^Episode 3\b/ }).or(stage.page.getByRole('option', { name: /\b3\b/ })).first().tap();
  await stage.untilShows('drawer', false);
  await stage.playing(3);
  await turn(stage, UPRIGHT);
  await stage.call('goTo', 5);
  await armed(stage);
  for (const [count, viewport] of [LYING, UPRIGHT].entries()) {
    await turn(stage, viewport);
    assert.deepEqual([await stage.shows('paywall'), (await stage.get('currentEpisode')).n], [true, 5]);
    await tapOffer(stage, count);
    await stage.until((least) => window.seen.filter(({ type }) => type === 'unlockrequest').length === least, { args: [count + 1], what: `an offer is asked for at ${viewport.width}` });
  }
  assert.deepEqual(origin.episodesAsked().filter((n) => n > 4), []);
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

scenario('a player that is moved while a sheet is open keeps the sheet, and the sheet can be used', async ({ origin, open }) => {
  const stage = await open({ body: `<div id="here">${feed(origin, 'free-episodes="2"')}</div><div id="there"></div>` });
  const move = (to) => stage.eval((id) => document.querySelector(id).append(document.querySelector('cliffhanger-player')), to);
  await stage.playing(1);
  await stage.page.getByRole('button', { name: 'Episodes', exact: true }).tap();
  await stage.untilShows('drawer');
  await move('#there');
  await stage.settled();
  assert.equal(await stage.shows('drawer'), true);
  await stage.page.keyboard.press('Escape');
  await stage.untilShows('drawer', false);
  await stage.playing(1);
  await stage.call('goTo', 3);
  await armed(stage);
  await move('#here');
  await stage.settled();
  assert.deepEqual([await stage.shows('paywall'), (await stage.get('currentEpisode')).n, (await stage.seen('paywallclose')).length], [true, 3, 0]);
  await tapOffer(stage);
  await stage.event('unlockrequest');
  assert.equal((await stage.seen('ready')).length, 1, 'it was not built anew');
  assert.deepEqual(origin.episodesAsked().filter((n) => n > 2), []);
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

scenario('a player that was out of the document for so long that it was given up starts anew when it is put back', async ({ origin, open }) => {
  const stage = await open({ body: player(origin, series({ free: 12 }), 'autoplay muted no-resume') });
  await stage.playing(1);
  await stage.eval(() => {
    window.taken = document.querySelector('cliffhanger-player');
    window.before = window.taken.shadowRoot.querySelector('video');
    window.taken.remove();
  });
  await stage.until(() => window.taken.series === null, { what: 'it is given up' });
  await stage.eval(() => document.body.append(window.taken));
  await stage.playing(1);
  const again = await stage.eval(() => [...window.taken.shadowRoot.querySelectorAll('video')].includes(window.before));
  assert.equal(again, false, 'what the first player used up is not used again');
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
