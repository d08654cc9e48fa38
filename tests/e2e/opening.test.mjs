import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { opening } from '../../pkg/src/opening.js';
import { player, scenario } from './support/scenario.mjs';
import { OFFERS, series } from './support/series.mjs';

const examples = JSON.parse(fs.readFileSync(new URL('../opening.json', import.meta.url), 'utf8'));

test('before the wasm is there, the page asks for what the core would ask for, or for nothing', () => {
  for (const { what, manifest, base, freeEpisodes, url } of examples) {
    let found;
    try {
      found = opening(manifest, base, freeEpisodes === 'NaN' ? NaN : freeEpisodes);
    } catch {
      found = undefined;
    }
    assert.equal(found ?? null, url, what);
  }
});

test('of a series that is too long to be read, nothing is asked for', () => {
  const manifest = series({ count: 2, free: 2 });
  const long = (length) => ({ ...manifest, episodes: Array.from({ length }, () => manifest.episodes[0]) });
  assert.match(opening(long(10_000), 'https://a.example/', null), /^https:\/\/a\.example\//);
  assert.equal(opening(long(10_001), 'https://a.example/', null), undefined);
});

const feed = (origin, over = {}, attributes = 'autoplay muted') => player(origin, series({ count: 12, free: 6, offers: OFFERS, ...over }), attributes);
const media = (origin) => origin.requests.filter((request) => /\.mp4/.test(request.path));

scenario('the first media request does not wait for the wasm, and is not made twice', async ({ origin, open }) => {
  let come;
  origin.rule(/cliffhanger\.wasm$/, { gate: new Promise((resolve) => { come = resolve; }) });
  const stage = await open({ body: feed(origin) });
  while (media(origin).length === 0) await new Promise((resolve) => { setTimeout(resolve, 20); });
  come();
  await stage.playing(1);
  const heads = media(origin).filter((request) => /e0*1\.mp4/.test(request.path) && /^bytes=0-/.test(request.range));
  assert.equal(heads.length, 1);
});

scenario('a manifest that is in the page is read before the wasm is there', async ({ origin, open }) => {
  let come;
  origin.rule(/cliffhanger\.wasm$/, { gate: new Promise((resolve) => { come = resolve; }) });
  const manifest = JSON.stringify(series({ count: 12, free: 6 }));
  const stage = await open({ body: `<cliffhanger-player autoplay muted><script type="application/json">${manifest}</script></cliffhanger-player>` });
  while (media(origin).length === 0) await new Promise((resolve) => { setTimeout(resolve, 20); });
  come();
  await stage.playing(1);
  assert.equal(media(origin).filter((request) => /e0*1\.mp4/.test(request.path) && /^bytes=0-/.test(request.range)).length, 1);
});

/** The page keeps all its media sources in `window.sources`. */
const KEEP = `<script>
window.sources = [];
self.MediaSource = class extends MediaSource {
  constructor() {
    super();
    window.sources.push(this);
  }
};
</script>`;

scenario('the media source of the first episode is open before the wasm is there, and is the one that is filled', async ({ origin, open }) => {
  let come;
  origin.rule(/cliffhanger\.wasm$/, { gate: new Promise((resolve) => { come = resolve; }) });
  const stage = await open({ head: KEEP, body: feed(origin) });
  await stage.until(() => window.sources[0]?.readyState === 'open');
  come();
  await stage.playing(1);
  assert.equal(await stage.eval(() => window.sources[0].sourceBuffers.length), 2, 'picture and sound');
  assert.equal((await stage.get('stats')).episodes[0].source, 'ranges');
});

scenario('another episode that was chosen before the wasm was there plays, and so does the first one later', async ({ origin, open }) => {
  let come;
  origin.rule(/cliffhanger\.wasm$/, { gate: new Promise((resolve) => { come = resolve; }) });
  const stage = await open({ head: KEEP, body: feed(origin) });
  await stage.until(() => window.sources[0]?.readyState === 'open');
  await stage.eval(() => { document.querySelector('cliffhanger-player').goTo(3); });
  come();
  await stage.playing(3);
  await stage.call('goTo', 1);
  await stage.playing(1);
});

scenario('before the wasm is there, nothing of a locked episode is asked for', async ({ origin, open }) => {
  let come;
  origin.rule(/cliffhanger\.wasm$/, { gate: new Promise((resolve) => { come = resolve; }) });
  const stage = await open({ body: feed(origin, {}, 'autoplay muted free-episodes="0"') });
  await stage.until(() => performance.getEntriesByType('resource').some(({ name, responseEnd }) => /series\.json/.test(name) && responseEnd));
  come();
  await stage.event('paywallopen');
  assert.deepEqual(media(origin), []);
});

scenario('an early answer that fails is asked for again by the player', async ({ origin, open }) => {
  origin.rule(/\.mp4/, { status: 503, times: 1 });
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
});
