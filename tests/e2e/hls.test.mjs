// HLS: by ranges where the segments are fragmented MP4, else by the browser, else by hls.js.
import assert from 'node:assert/strict';
import { byScript, playlists } from './support/hls.mjs';
import { player, scenario } from './support/scenario.mjs';
import { id } from './support/series.mjs';

/** A browser that plays no HLS by itself: it says so, and a playlist as `src` is an error. */
const NONE = `<script>{
  const { canPlayType } = HTMLMediaElement.prototype;
  HTMLMediaElement.prototype.canPlayType = function (type) { return /mpegurl/.test(type) ? '' : canPlayType.call(this, type); };
  const { get, set } = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'src');
  Object.defineProperty(HTMLMediaElement.prototype, 'src', { get, set(url) { set.call(this, /m3u8/.test(url) ? 'data:text/plain,none' : url); } });
}</script>`;

/** A page with a series of playlists. */
const page = (origin, kind, attributes = 'hls-url="/vendor/hls.mjs"', over = {}) =>
  player(origin, playlists(origin, kind, over), `autoplay muted no-auto-advance no-resume ${attributes}`);
const segments = (origin, n) => new Set(origin.paths().filter((where) => where.startsWith(`/hls/${id(n)}/s`))).size;

scenario('playlists of fragmented MP4 are fed by the player itself, and no script is loaded for them', async ({ origin, open }) => {
  const stage = await open({ body: page(origin, 'fmp4'), head: NONE });
  await stage.playing(1, { seconds: 2 });
  await stage.flingTo(2);
  await stage.playing(2, { seconds: 1 });
  assert.deepEqual((await stage.get('stats')).episodes.map((visit) => visit.source), ['ranges', 'ranges']);
  assert.equal(byScript(origin), false);
});

scenario('other playlists are played by hls.js where the browser cannot, and the feed goes on with them', async ({ origin, open }) => {
  const stage = await open({ body: page(origin, 'mpegts'), head: NONE });
  await stage.playing(1, { seconds: 2 });
  await stage.until(() => [...document.querySelector('cliffhanger-player').shadowRoot.querySelectorAll('video')].filter((video) => video.readyState >= 2).length >= 2,
    { what: 'the next episode is ready to paint' });
  assert.ok(segments(origin, 2) <= 3, `${segments(origin, 2)} segments of an episode that does not play yet`);
  assert.equal(segments(origin, 3), 0);
  for (const n of [2, 3]) {
    await stage.flingTo(n);
    await stage.playing(n, { seconds: 1 });
  }
  await stage.fling({ from: 0.25, to: 0.8 });
  await stage.playing(2, { seconds: 1.5 });
  assert.deepEqual((await stage.get('stats')).episodes.map((visit) => visit.source), ['src', 'src', 'src', 'src']);
  assert.equal(await stage.get('error'), null);
  await stage.call('destroy');
  await stage.page.waitForTimeout(500);
  const before = origin.requests.length;
  await stage.page.waitForTimeout(1500);
  assert.equal(origin.requests.length, before, 'nothing is fetched for a player that is over');
});

scenario('a locked playlist is not asked for, and plays once it is granted', async ({ origin, open }) => {
  const stage = await open({ body: page(origin, 'mpegts', 'hls-url="/vendor/hls.mjs"', { free: 1 }), head: NONE });
  await stage.playing(1, { seconds: 1 });
  await stage.flingTo(2);
  await stage.untilShows('paywall');
  assert.ok(!origin.paths().some((where) => where.startsWith(`/hls/${id(2)}`)));
  await stage.call('grant', id(2), true);
  await stage.playing(2, { seconds: 1 });
});

scenario('hls.js may come from the page\'s own bundle', async ({ origin, open }) => {
  const head = `${NONE}<script type="module">
    import { setHls } from '/cliffhanger/cliffhanger.js';
    setHls(() => import('/vendor/hls.mjs'));
  </script>`;
  const stage = await open({ body: page(origin, 'mpegts', ''), head });
  await stage.playing(1, { seconds: 1 });
  assert.equal(byScript(origin), true);
});

scenario('where the browser plays HLS itself no script is loaded', async ({ origin, open }) => {
  const stage = await open({ body: page(origin, 'mpegts') });
  assert.notEqual(await stage.eval(() => document.createElement('video').canPlayType('application/vnd.apple.mpegurl')), '', 'this browser plays HLS');
  await stage.playing(1, { seconds: 1 });
  await stage.flingTo(2);
  await stage.playing(2, { seconds: 1 });
  assert.equal(byScript(origin), false);
});

scenario('HLS that nothing here plays is told, and swiping on works', async ({ origin, open }) => {
  const stage = await open({ body: page(origin, 'mpegts', ''), head: NONE });
  const { detail } = await stage.event('error', () => true);
  assert.equal(detail.type, 'media');
  await stage.untilShows('error');
  await stage.flingTo(2);
  await stage.at(2);
});

scenario('segments that stay away while hls.js plays are told, and the episode goes on when they come', async ({ origin, open }) => {
  const lift = origin.rule(/^\/hls\/e001\/s\d+/, { status: 404 });
  const stage = await open({ body: page(origin, 'mpegts'), head: NONE });
  await stage.event('error', (error) => (error.episode?.id ?? error.episode) === 'e001', { ms: 40_000 });
  lift();
  await stage.page.getByRole('button', { name: 'Try again' }).tap();
  await stage.playing(1, { seconds: 1 });
});
