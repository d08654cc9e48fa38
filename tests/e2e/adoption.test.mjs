import assert from 'node:assert/strict';
import { player, scenario } from './support/scenario.mjs';
import { series } from './support/series.mjs';

const VIDEO = '<video src="/media/e001.mp4" poster="/media/e001.jpg" muted autoplay playsinline></video>';
const FIRST = 'cliffhanger-player > video';

/** Listens to the page's own video from its first moment, and samples its clock on every frame once it runs. */
const WATCH = `<script>
  const video = document.querySelector('${FIRST}');
  window.first = { video, parent: video.parentNode, events: [], running: false, last: 0, backwards: 0 };
  for (const type of ['pause', 'emptied', 'loadstart', 'seeking', 'abort', 'error', 'ended']) {
    video.addEventListener(type, () => { if (window.first.running) window.first.events.push(type); });
  }
  const look = () => {
    const now = video.currentTime;
    if (now > 0) window.first.running = true;
    if (now < window.first.last) window.first.backwards += 1;
    window.first.last = now;
    requestAnimationFrame(look);
  };
  look();
</script>`;

const adopting = (origin, attributes = 'autoplay muted') => player(origin, series({ count: 6 }), attributes, VIDEO) + WATCH;

async function assertUndisturbed(stage) {
  const state = await stage.eval((css) => ({
    events: window.first.events, backwards: window.first.backwards,
    same: document.querySelector(css) === window.first.video, connected: window.first.video.isConnected,
    parent: window.first.video.parentNode === window.first.parent, paused: window.first.video.paused,
  }), FIRST);
  assert.deepEqual(state, { events: [], backwards: 0, same: true, connected: true, parent: true, paused: false });
}

const wasmWaits = (origin) => {
  let release;
  origin.rule(/\.wasm$/, { gate: new Promise((resolve) => { release = resolve; }) });
  return release;
};

scenario('a video that already plays goes on through the upgrade, untouched and in its place', async ({ origin, open }) => {
  const release = wasmWaits(origin);
  const stage = await open({ body: adopting(origin) });
  await stage.until(() => window.first.video.currentTime > 0.3, { what: 'the plain video plays before the player has arrived' });
  release();
  await stage.playing(1);
  const seconds = await stage.get('currentTime');
  await stage.playing(1, { seconds: seconds + 0.3 });
  await assertUndisturbed(stage);
  const fromTheStart = origin.requests.filter(({ path, range }) => path === '/media/e001.mp4' && (!range || range === 'bytes=0-'));
  assert.equal(fromTheStart.length, 1, 'the first episode is not downloaded a second time');
});

scenario('the adopted video can be left and come back to', async ({ origin, open }) => {
  const stage = await open({ body: adopting(origin) });
  await stage.playing(1);
  await stage.settled();
  await stage.flingTo(2);
  await stage.playing(2);
  assert.equal(await stage.eval(() => window.first.video.paused), true, 'never two at once');
  for (let n = 3; n <= 5; n += 1) await stage.flingTo(n);
  await stage.playing(5);
  assert.equal(await stage.call('goTo', 1), true);
  await stage.playing(1);
  assert.equal(await stage.eval((css) => document.querySelector(css) === window.first.video, FIRST), true, 'the element is still the page\'s own');
});

scenario('the player\'s script may come seconds late', async ({ origin, open }) => {
  let release;
  origin.rule(/^\/cliffhanger\/cliffhanger\.js/, { gate: new Promise((resolve) => { release = resolve; }) });
  // The script is in the page before the video, as on a page that puts it into its head.
  const stage = await open({ body: adopting(origin) });
  await stage.until(() => window.first?.video.currentTime > 1, { what: 'the video plays without any script of ours' });
  release();
  await stage.playing(1, { seconds: 1.2 });
  await assertUndisturbed(stage);
});

scenario('without its wasm the first episode plays on, and the page is told why', async ({ origin, open }) => {
  origin.rule(/\.wasm$/, { status: 404 });
  const stage = await open({ body: adopting(origin) });
  const { detail } = await stage.event('error');
  assert.equal(detail.type, 'internal');
  assert.equal(detail.code, 'wasm-unavailable');
  const seconds = await stage.eval(() => window.first.video.currentTime);
  await stage.until((least) => window.first.video.currentTime > least, { args: [seconds + 0.5], what: 'the video plays on' });
  await assertUndisturbed(stage);
  assert.equal(await stage.eval((css) => document.querySelector(css).checkVisibility(), FIRST), true, 'and can be seen');
});

scenario('a policy that forbids wasm leaves the first episode playing', async ({ origin, open }) => {
  const stage = await open({
    body: adopting(origin),
    headers: { 'content-security-policy': "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:" },
  });
  assert.equal((await stage.event('error')).detail.code, 'wasm-unavailable');
  const seconds = await stage.eval(() => window.first.video.currentTime);
  await stage.until((least) => window.first.video.currentTime > least, { args: [seconds + 0.5], what: 'the video plays on' });
  await assertUndisturbed(stage);
});

scenario('a manifest that cannot be had leaves the first episode playing', async ({ origin, open }) => {
  origin.rule(/^\/series\.json/, { status: 404 });
  const stage = await open({ body: adopting(origin) });
  assert.equal((await stage.event('error')).detail.type, 'network');
  const seconds = await stage.eval(() => window.first.video.currentTime);
  await stage.until((least) => window.first.video.currentTime > least, { args: [seconds + 0.5], what: 'the video plays on' });
  await assertUndisturbed(stage);
});

scenario('a wasm of the wrong type still starts', async ({ origin, open }) => {
  origin.rule(/\.wasm$/, { type: 'application/octet-stream' });
  const stage = await open({ body: adopting(origin) });
  await stage.event('ready');
  await stage.playing(1);
  await assertUndisturbed(stage);
});

scenario('until the page\'s own video shows something, the player asks for nothing', async ({ origin, open }) => {
  let come;
  const lift = origin.rule(/\.mp4/, { gate: new Promise((resolve) => { come = resolve; }) });
  const stage = await open({ body: adopting(origin) });
  await stage.until(() => customElements.get('cliffhanger-player'));
  await stage.until(() => performance.getEntriesByName('first-paint').length > 0);
  assert.deepEqual(origin.paths(/\.wasm|series\.json|glue\.js/), []);
  lift();
  come();
  await stage.event('ready');
  await stage.playing(1);
  const order = origin.paths(/\.mp4|\.wasm/);
  assert.match(order[0], /\.mp4/);
});
