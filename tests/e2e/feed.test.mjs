import assert from 'node:assert/strict';
import { blackShare } from './support/pixels.mjs';
import { VIDEO_WATCH } from './support/recorder.mjs';
import { player, scenario } from './support/scenario.mjs';
import { series } from './support/series.mjs';

const COUNT = 12;
const OPEN = 'autoplay muted free-episodes="999"';
// Where a test moves by hand, no episode may end meanwhile.
const BY_HAND = `${OPEN} no-auto-advance`;
const feed = (origin, attributes = BY_HAND) => player(origin, series({ count: COUNT }), attributes);
const changes = async (stage) => (await stage.seen('episodechange')).map(({ detail }) => [detail.previous.n, detail.episode.n, detail.cause]);

scenario('the first episode plays muted by itself, and the page is told', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  assert.equal(await stage.get('muted'), true);
  assert.equal(await stage.get('isReady'), true);
  assert.equal(await stage.get('access'), 'free');
  assert.equal((await stage.get('series')).title, 'Test Series');
  assert.equal((await stage.get('episodes')).length, COUNT);
  const { detail } = await stage.event('firstframe');
  assert.equal(detail.episode.n, 1);
  assert.equal(typeof detail.latencyMs, 'number');
  const [ready, ...more] = await stage.seen('ready');
  assert.match(ready.detail.version, /^\d+\.\d+\.\d+/);
  assert.equal(more.length, 0);
  assert.equal(ready.bubbles, false);
});

scenario('ten flicks move ten episodes, one at a time, with three videos that never move in the document', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin), head: `<script>${VIDEO_WATCH}</script>` });
  await stage.playing(1);
  for (let n = 2; n <= 11; n += 1) await stage.flingTo(n);
  await stage.playing(11);
  assert.deepEqual(await changes(stage), Array.from({ length: 10 }, (_, index) => [index + 1, index + 2, 'swipe']));
  const watch = await stage.eval(() => window.videoWatch);
  assert.equal(watch.moved, 1, 'no video was moved but the first: into its slide, when the player came');
  assert.ok(watch.most <= 3, `${watch.most} videos had a source at once`);
  assert.ok(watch.elements <= 4, `${watch.elements} video elements were made`);
  assert.equal((await stage.videos()).filter((video) => !video.paused).length, 1, 'one video plays');
}, { timeout: 120_000 });

scenario('a flick back goes one episode back', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin, `${BY_HAND} episode="5"`) });
  await stage.playing(5);
  await stage.fling({ from: 0.25, to: 0.8 });
  await stage.playing(4);
  assert.deepEqual(await changes(stage), [[5, 4, 'swipe']]);
});

const HALF_WAY = { from: 0.9, to: 0.4, steps: 10, ms: 200 };

scenario('half way through a drag the next episode shows its picture, never black', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin) });
  for (let n = 1; n <= 3; n += 1) {
    await stage.playing(n);
    await stage.until(() => {
      const { shadowRoot } = document.querySelector('cliffhanger-player');
      return [...shadowRoot.querySelectorAll('video')].filter((video) => video.readyState >= 2).length >= 2;
    }, { what: 'the next episode is ready to paint before the drag' });
    const finger = await stage.drag(HALF_WAY);
    const dark = blackShare(await stage.screenshot(), { top: 0.6, bottom: 0.95 });
    assert.ok(dark < 0.8, `episode ${n + 1} in the drag is ${Math.round(dark * 100)} % black`);
    await finger.move(0.15);
    await finger.lift();
    await stage.at(n + 1);
    await stage.settled();
  }
});

scenario('when the next episode is late its poster is there in the drag and after it', async ({ origin, open }) => {
  origin.rule(/^\/media\/e002\.mp4/, { hang: true });
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  await stage.until(() => {
    const posters = [...document.querySelector('cliffhanger-player').shadowRoot.querySelectorAll('[part~="poster"]')];
    return posters.some((poster) => poster.checkVisibility({ opacityProperty: true }) && poster.getBoundingClientRect().top > innerHeight / 2);
  }, { what: 'the poster of the next slide is drawn' });
  const finger = await stage.drag(HALF_WAY);
  const dark = blackShare(await stage.screenshot(), { top: 0.6, bottom: 0.95 });
  assert.ok(dark < 0.8, `the late episode in the drag is ${Math.round(dark * 100)} % black`);
  await finger.move(0.15);
  await finger.lift();
  await stage.at(2);
  await stage.settled();
  assert.ok(blackShare(await stage.screenshot()) < 0.8, 'the late episode shows its poster');
});

scenario('one gesture of the wheel moves one episode, however far it turns', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin), desktop: true });
  await stage.playing(1);
  await stage.wheel(100);
  await stage.at(2);
  await stage.settled();
  await stage.wheel(2400);
  await stage.at(3);
  await stage.settled();
  await stage.wheel([40, 60, 60, 45, 30, 20, 12, 6, 3, 1]);
  await stage.at(4);
  await stage.settled();
  await stage.wheel(-100);
  await stage.at(3);
  await stage.settled();
  assert.deepEqual(await changes(stage), [[1, 2, 'wheel'], [2, 3, 'wheel'], [3, 4, 'wheel'], [4, 3, 'wheel']]);
});

scenario('arrow, page, Home and End keys move through the feed', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin), desktop: true });
  await stage.playing(1);
  await stage.eval(() => document.querySelector('cliffhanger-player').focus());
  for (const [key, n] of [['ArrowDown', 2], ['PageDown', 3], ['ArrowUp', 2], ['End', COUNT], ['PageUp', COUNT - 1], ['Home', 1]]) {
    await stage.page.keyboard.press(key);
    await stage.at(n);
    await stage.settled();
  }
  await stage.playing(1);
  assert.deepEqual((await changes(stage)).map(([, n, cause]) => `${cause} ${n}`),
    ['key 2', 'key 3', 'key 2', `key ${COUNT}`, `key ${COUNT - 1}`, 'key 1']);
});

scenario('next(), previous() and goTo() say whether they went', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  assert.equal(await stage.call('previous'), false, 'there is nothing before the first episode');
  assert.equal(await stage.call('next'), true);
  await stage.playing(2);
  assert.equal(await stage.call('goTo', 7), true);
  await stage.playing(7);
  assert.equal(await stage.call('goTo', 'e003'), true);
  await stage.playing(3);
  assert.equal(await stage.call('previous'), true);
  await stage.playing(2);
  for (const unknown of [99, 0, -1, 1.5, 'nobody', '']) assert.equal(await stage.call('goTo', unknown), false, `goTo(${JSON.stringify(unknown)})`);
  assert.equal(await stage.call('goTo', COUNT), true);
  await stage.at(COUNT);
  assert.equal(await stage.call('next'), false, 'there is nothing after the last episode');
  assert.deepEqual(await changes(stage), [[1, 2, 'api'], [2, 7, 'api'], [7, 3, 'api'], [3, 2, 'api'], [2, COUNT, 'api']]);
});

scenario('calls made before the player has arrived are kept and answered in order', async ({ origin, open }) => {
  let release;
  origin.rule(/\.wasm$/, { gate: new Promise((resolve) => { release = resolve; }) });
  const stage = await open({
    body: feed(origin),
    head: `<script type="module">
      await customElements.whenDefined('cliffhanger-player');
      const player = document.querySelector('cliffhanger-player');
      window.answers = [];
      player.goTo(3).then((went) => window.answers.push(['goTo', went]));
      player.next().then((went) => window.answers.push(['next', went]));
      window.asked = player.isReady;
    </script>`,
  });
  assert.equal(await stage.until(() => window.asked === false), true);
  release();
  await stage.playing(4);
  assert.deepEqual(await stage.eval(() => window.answers), [['goTo', true], ['next', true]]);
});

scenario('the buttons on the screen step through the feed', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin), desktop: true });
  await stage.playing(1);
  await stage.page.mouse.move(640, 400);
  await stage.page.getByRole('button', { name: /next/i }).first().click();
  await stage.playing(2);
  await stage.settled();
  await stage.page.getByRole('button', { name: /previous/i }).first().click();
  await stage.playing(1);
  assert.deepEqual(await changes(stage), [[1, 2, 'button'], [2, 1, 'button']]);
});

scenario('the end of an episode leads to the next one, and the last one ends the series', async ({ origin, open }) => {
  const stage = await open({ body: player(origin, series({ count: 2 }), OPEN) });
  const nearEnd = () => stage.eval(() => { const p = document.querySelector('cliffhanger-player'); p.currentTime = p.duration - 0.4; });
  await stage.playing(1);
  await nearEnd();
  await stage.playing(2);
  assert.deepEqual(await changes(stage), [[1, 2, 'autoadvance']]);
  await nearEnd();
  const end = await stage.event('seriesend');
  assert.equal(end.cancelable, true);
  assert.equal(end.detail.series.id, 'test-series');
  assert.equal((await stage.get('currentEpisode')).n, 2);
});

scenario('no-auto-advance stays on the episode, loop repeats it', async ({ origin, open }) => {
  const nearEnd = (stage) => stage.eval(() => { const p = document.querySelector('cliffhanger-player'); p.currentTime = p.duration - 0.4; });
  const staying = await open({ body: feed(origin, BY_HAND) });
  await staying.playing(1);
  await nearEnd(staying);
  await staying.event('ended');
  assert.equal(await staying.get('ended'), true);
  assert.equal((await staying.get('currentEpisode')).n, 1);
  const looping = await open({ body: feed(origin, `${OPEN} loop`) });
  await looping.playing(1);
  await nearEnd(looping);
  await looping.until(() => { const p = document.querySelector('cliffhanger-player'); return p.currentTime < p.duration / 2 && !p.paused; }, { what: 'the episode starts again' });
  assert.deepEqual(await changes(looping), []);
});

scenario('a tap pauses and plays', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  await stage.tap(195, 420);
  await stage.until(() => document.querySelector('cliffhanger-player').paused);
  await stage.tap(195, 420);
  await stage.playing(1);
});
