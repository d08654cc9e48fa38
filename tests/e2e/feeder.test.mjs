// Media by bytes: what is fetched, what moves under the finger, and what happens where it cannot be done.
import assert from 'node:assert/strict';
import { Origin } from './support/origin.mjs';
import { DEMO } from './support/paths.mjs';
import { player, scenario } from './support/scenario.mjs';
import { episode, id, series } from './support/series.mjs';

const SIZE = /^\/media\/e00\d\.mp4/;
const feed = (origin, over) => player(origin, series({ free: 12, ...over }));
const ready = (stage) => stage.until(() => {
  const { shadowRoot } = document.querySelector('cliffhanger-player');
  return [...shadowRoot.querySelectorAll('video')].filter((video) => video.readyState >= 2).length >= 2;
}, { what: 'the next episode is ready to paint' });
/** How the current episode came, by the player's own account. */
const source = async (stage) => (await stage.get('stats')).episodes.at(-1)?.source;

scenario('watching the beginnings of three episodes fetches ranges of them, not the files', async ({ origin, open }) => {
  // Of the short clips the first range is all there is.
  origin.mount('/long/', DEMO);
  const long = (n) => episode(n, { renditions: [{ type: 'mp4', url: `/long/${id(n)}.mp4` }] });
  const stage = await open({ body: feed(origin, { episodes: Array.from({ length: 12 }, (_, index) => long(index + 1)) }) });
  for (const n of [1, 2, 3]) {
    await stage.playing(n, { seconds: 1.5 });
    if (n < 3) await stage.flingTo(n + 1);
  }
  const media = origin.requests.filter((request) => request.path.startsWith('/long/'));
  assert.ok(media.every((request) => /^bytes=\d+-\d+$/.test(request.range)), 'every request names its range');
  const whole = await stage.eval(async () => {
    const sizes = await Promise.all([1, 2, 3].map(async (n) => Number((await fetch(`/long/e00${n}.mp4`, { method: 'HEAD' })).headers.get('content-length'))));
    return sizes.reduce((sum, size) => sum + size, 0);
  });
  const sent = media.reduce((sum, request) => sum + request.sent, 0);
  assert.ok(sent < whole, `${sent} bytes were sent for the beginnings of files of ${whole}`);
  const stats = await stage.get('stats');
  assert.ok(stats.bytesFetched > 0 && stats.bytesFetched <= sent && stats.bytesWatched > 0 && stats.bytesWatched < stats.bytesFetched, JSON.stringify(stats));
  assert.deepEqual(stats.episodes.map((visit) => visit.source), ['ranges', 'ranges', 'ranges']);
});

scenario('the next episode moves without sound under the finger and already moves when it is let go', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  await ready(stage);
  const finger = await stage.drag({ from: 0.8, to: 0.5 });
  const rolling = () => stage.until(() => {
    const { shadowRoot } = document.querySelector('cliffhanger-player');
    const moving = [...shadowRoot.querySelectorAll('video')].filter((video) => !video.paused && video.currentTime > 0);
    return moving.length === 2 && moving.filter((video) => video.muted).length >= 1;
  }, { what: 'two episodes move in the drag' });
  await rolling();
  await finger.move(0.1);
  await finger.lift();
  await stage.at(2);
  const first = await stage.event('firstframe', (detail) => detail.episode.n === 2);
  assert.equal(first.detail.preloaded, true);
  await stage.settled();
  await stage.until(() => {
    const { shadowRoot } = document.querySelector('cliffhanger-player');
    return [...shadowRoot.querySelectorAll('video')].filter((video) => !video.paused).length === 1;
  }, { what: 'only the settled episode moves' });
});

scenario('after a drag that goes back the old episode goes on and the next one is stopped and silent', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  await ready(stage);
  const finger = await stage.drag({ from: 0.6, to: 0.4, steps: 8, ms: 300 });
  await stage.until(() => {
    const { shadowRoot } = document.querySelector('cliffhanger-player');
    return [...shadowRoot.querySelectorAll('video')].filter((video) => !video.paused).length === 2;
  }, { what: 'the next episode moves' });
  for (const share of [0.45, 0.5, 0.55, 0.58, 0.58, 0.58]) await finger.move(share);
  await finger.lift();
  await stage.settled();
  await stage.until(() => {
    const { shadowRoot } = document.querySelector('cliffhanger-player');
    const moving = [...shadowRoot.querySelectorAll('video')].filter((video) => !video.paused);
    return moving.length === 1;
  }, { what: 'only one episode moves' });
  assert.equal((await stage.get('currentEpisode')).n, 1);
  assert.equal(await stage.get('paused'), false);
  const others = (await stage.videos()).filter((video) => video.paused && video.source);
  assert.ok(others.every((video) => video.muted && video.time < 0.1), JSON.stringify(others));
});

scenario('media on a server that no script may read plays all the same', async ({ origin, open }) => {
  const media = await Origin.start();
  try {
    const away = (n) => episode(n, { renditions: [{ type: 'mp4', url: `${media.url}/media/e00${n}.mp4` }] });
    const stage = await open({ body: feed(origin, { episodes: [away(1), away(2), away(3)] }) });
    await stage.playing(1, { seconds: 0.3 });
    assert.equal(await source(stage), 'src');
    await stage.flingTo(2);
    await stage.playing(2);
    assert.ok(stage.console.some((line) => line.startsWith('debug: cliffhanger: ')), stage.console.join('\n'));
    assert.deepEqual(await stage.seen('error'), []);
  } finally {
    await media.stop();
  }
});

scenario('a page whose policy forbids blob: addresses plays all the same', async ({ origin, open }) => {
  const policy = "default-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' data:; media-src 'self'";
  const stage = await open({ body: feed(origin), headers: { 'content-security-policy': policy } });
  await stage.playing(1, { seconds: 0.3 });
  assert.equal(await source(stage), 'src');
  await stage.flingTo(2);
  await stage.playing(2);
});

scenario('a page whose policy forbids workers fetches its ranges itself', async ({ origin, open }) => {
  const policy = "default-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' data:; media-src 'self' blob:; worker-src 'none'";
  const stage = await open({ body: feed(origin), headers: { 'content-security-policy': policy } });
  await stage.playing(1);
  await stage.flingTo(2);
  await stage.playing(2);
  assert.equal(await source(stage), 'ranges');
  assert.deepEqual(await stage.seen('error'), []);
});

scenario('what comes after the start is fetched by a worker', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  await stage.flingTo(2);
  await stage.playing(2);
  await stage.flingTo(3);
  await stage.playing(3);
  const last = origin.requests.findLast(({ path }) => SIZE.test(path));
  // A page has its own requests on record, and not those of its workers.
  const own = await stage.eval(() => performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname));
  assert.ok(own.includes('/media/e001.mp4') && !own.includes(last.path), `${last.path}, the page itself: ${own}`);
});

/** Plays from a server that refuses whoever names no page. */
async function refusing({ origin, open }, away) {
  const media = away ? await Origin.start() : origin;
  try {
    media.shared = away;
    media.mount('/long/', DEMO);
    media.rule(/^\/long\/.*mp4/, { status: 403, unlessReferred: true });
    const long = (n) => episode(n, { renditions: [{ type: 'mp4', url: `${media.url}/long/${id(n)}.mp4` }] });
    const stage = await open({ body: feed(origin, { episodes: Array.from({ length: 12 }, (_, index) => long(index + 1)) }) });
    for (const n of [1, 2, 3]) {
      await stage.playing(n, { seconds: 1.5 });
      if (n < 3) await stage.flingTo(n + 1);
    }
    assert.ok(media.requests.some(({ status }) => status === 403), 'it has refused the worker');
    assert.ok(media.requests.every(({ path, range }) => !/mp4$/.test(path) || /^bytes=\d+-\d+$/.test(range)), 'nothing is left to the browser');
    // What a refusal says is no media: else the next range would begin behind it, and overlap the one that was asked for again.
    for (const file of new Set(media.paths(/mp4$/))) {
      const ranges = media.requests.filter(({ path, status }) => path === file && status === 206).map(({ range }) => /(\d+)-(\d+)/.exec(range).slice(1).map(Number));
      ranges.sort(([one], [other]) => one - other);
      assert.ok(ranges.every(([from], at) => at === 0 || from > ranges[at - 1][1]), `no byte of ${file} is asked for twice: ${ranges.join(' ')}`);
    }
    assert.deepEqual((await stage.get('stats')).episodes.map((visit) => visit.source), ['ranges', 'ranges', 'ranges']);
    assert.deepEqual(await stage.seen('error'), []);
  } finally {
    if (away) await media.stop();
  }
}

scenario('media on a server that answers only to its own pages goes on by ranges', (t) => refusing(t, false));
scenario('media on a server of another origin that answers only to its own pages goes on by ranges', (t) => refusing(t, true));

scenario('a browser without MediaSource plays all the same', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin), head: '<script>delete window.MediaSource; delete window.ManagedMediaSource</script>' });
  await stage.playing(1, { seconds: 0.3 });
  assert.equal(await source(stage), 'src');
});

scenario('a server that knows no ranges is read from its whole answer', async ({ origin, open }) => {
  origin.rule(SIZE, { whole: true });
  const stage = await open({ body: feed(origin) });
  await stage.playing(1, { seconds: 0.3 });
  assert.equal(await source(stage), 'ranges');
  await stage.flingTo(2);
  await stage.playing(2);
});

scenario('a seek far ahead plays from there', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  const to = (await stage.get('duration')) - 4;
  await stage.eval((time) => { document.querySelector('cliffhanger-player').currentTime = time; }, to);
  await stage.playing(1, { seconds: to + 0.3 });
  await stage.eval(() => { document.querySelector('cliffhanger-player').currentTime = 1; });
  await stage.until(() => { const { currentTime } = document.querySelector('cliffhanger-player'); return currentTime > 1.3 && currentTime < 5; });
});

scenario('a small player asks for the small renditions', async ({ origin, open }) => {
  const manifest = series({ free: 12 });
  for (const one of manifest.episodes) {
    const [{ url }] = one.renditions;
    one.renditions = [{ type: 'mp4', url, height: 1280, bitrate: 500_000 }, { type: 'mp4', url: `${url}?small`, height: 320, bitrate: 200_000 }];
  }
  const stage = await open({ body: player(origin, manifest, 'autoplay muted free-episodes="12" style="width:135px;height:240px"') });
  await stage.playing(1, { seconds: 0.5 });
  await ready(stage);
  assert.deepEqual(origin.paths(/e001\.mp4/).filter((where) => where.includes('small')), [], 'the first comes as the operator wants it');
  assert.ok(origin.paths(/e00[234]\.mp4/).length > 0 && origin.paths(/e00[234]\.mp4/).every((where) => where.includes('small')), `${origin.paths(/mp4/)}`);
});
