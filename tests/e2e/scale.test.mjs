// A feed of ten thousand episodes opens like one of twenty: only its beginning is read before the first frame.
import assert from 'node:assert/strict';
import { player, scenario } from './support/scenario.mjs';
import { episode, series } from './support/series.mjs';

const COUNT = 10_000;
const MEDIA = { renditions: [{ type: 'mp4', url: '/media/e001.mp4' }] };

/** Keeps the address of every answer that was read as JSON. */
const PARSED = `<script>window.parsed = []; const { json } = Response.prototype;
Response.prototype.json = async function () { const value = await json.call(this); setTimeout(() => parsed.push(this.url)); return value; };</script>`;

function long(count = COUNT, over = {}) {
  const manifest = series({ count: 2, free: count, series: { id: 'long', title: 'Long', lang: 'en' } });
  manifest.episodes = Array.from({ length: count }, (_, index) => over[index] ?? episode(index + 1, MEDIA));
  return manifest;
}

scenario('whoever asks for the episodes as soon as there are any gets all of them', async ({ origin, open }) => {
  const stage = await open({
    head: `<script>addEventListener('ready', (event) => { window.found = [event.target.episodes.length, event.target.episodes.at(-1).n, event.target.series.totalEpisodes]; }, true);</script>`,
    body: player(origin, long(), 'autoplay muted'),
  });
  await stage.playing(1);
  assert.deepEqual(await stage.eval(() => window.found), [COUNT, COUNT, COUNT]);
});

scenario('a long manifest is read once, and the first media request waits no more for the wasm than with a short one', async ({ origin, open }) => {
  let come;
  origin.rule(/cliffhanger\.wasm$/, { gate: new Promise((resolve) => { come = resolve; }) });
  const stage = await open({ head: PARSED, body: player(origin, long(), 'autoplay muted') });
  while (!origin.requests.some(({ path }) => /\.mp4/.test(path))) await new Promise((resolve) => { setTimeout(resolve, 20); });
  come();
  await stage.playing(1);
  assert.equal(await stage.eval(() => parsed.filter((url) => url.endsWith('/series.json')).length), 1);
});

scenario('what is wrong far down the list is told once there is a picture, with its place', async ({ origin, open }) => {
  const stage = await open({ body: player(origin, long(COUNT, { 173: { id: 'Bad Id' }, 9000: episode(5, MEDIA) }), 'autoplay muted') });
  await stage.playing(1);
  const duplicate = await stage.event('error', (detail) => detail.code === 'manifest-duplicate-id');
  assert.match(duplicate.detail.message, /^episodes\[9000\]\.id: "e005"/);
  const shape = await stage.event('error', (detail) => detail.code === 'manifest-shape');
  assert.match(shape.detail.message, /^episodes\[173\]\.id: /);
  await stage.until(() => document.querySelector('cliffhanger-player').series.totalEpisodes === 9998);
});

scenario('a manifest of another address that comes late does not mix with the one that is read', async ({ origin, open }) => {
  let come;
  origin.put('/late.json', long(300, { 0: { ...episode(1, MEDIA), title: 'Late' } }));
  origin.rule(/late\.json/, { gate: new Promise((resolve) => { come = resolve; }) });
  const stage = await open({ head: PARSED, body: player(origin, long(), 'muted').replace(/src="[^"]*"/, 'src="/late.json"') });
  // The player is there and waits for it.
  await stage.until(() => document.querySelector('cliffhanger-player').stats);
  await stage.eval(() => { document.querySelector('cliffhanger-player').src = '/series.json'; });
  await stage.until(() => document.querySelector('cliffhanger-player').isReady);
  come();
  await stage.until(() => parsed.some((url) => url.endsWith('/late.json')));
  assert.equal(await stage.eval(() => document.querySelector('cliffhanger-player').episodes.length), COUNT);
});

scenario('a page may ask for the episodes at any moment, also while the player draws', async ({ origin, open }) => {
  origin.rule(/\.mp4/, { hang: true }); // without a picture the rest is not read yet
  const stage = await open({ body: player(origin, long(), 'autoplay muted') });
  await stage.until(() => document.querySelector('cliffhanger-player').isReady);
  const found = await stage.eval(async () => {
    const here = document.querySelector('cliffhanger-player');
    here.shadowRoot.querySelector('.rail button').focus();
    const counts = [];
    here.addEventListener('focusin', () => counts.push(here.episodes.length));
    // The rail goes with the slide, and what has the focus in it is focused anew in the midst of the drawing.
    await here.next();
    return { counts, then: here.episodes.length, at: here.currentEpisode.n };
  });
  assert.ok(found.counts.length > 0 && found.counts.every((count) => count > 0), JSON.stringify(found));
  assert.deepEqual([found.then, found.at], [COUNT, 2], JSON.stringify(found));
});

scenario('ten thousand episodes take no more nodes and videos than twenty', async ({ origin, open }) => {
  const found = [];
  for (const count of [20, COUNT]) {
    const stage = await open({ body: player(origin, long(count), 'autoplay muted') });
    await stage.playing(1);
    await stage.event('firstframe');
    found.push(await stage.eval(() => {
      const { shadowRoot } = document.querySelector('cliffhanger-player');
      return [shadowRoot.querySelectorAll('*').length, shadowRoot.querySelectorAll('video').length];
    }));
  }
  assert.deepEqual(found[1], found[0]);
});
