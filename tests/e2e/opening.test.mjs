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

/** Holds the player's wasm back; the answer lets it come. */
function hold(origin) {
  let come;
  origin.rule(/cliffhanger\.wasm$/, { gate: new Promise((resolve) => { come = resolve; }) });
  return () => come();
}

/** The video that is shown before there is a player, once it plays. */
const early = (stage, least = 0.1) => stage.until((seconds) => {
  const video = document.querySelector('cliffhanger-player').shadowRoot?.querySelector('video');
  return video?.videoWidth > 0 && video.currentTime > seconds && { time: video.currentTime, muted: video.muted };
}, { args: [least], what: 'a video plays before there is a player' });

/** The media source that was filled before there was a player is still the one that is filled. */
const goesOn = (stage) => stage.eval(() => window.sources[0].sourceBuffers.length === 2);

scenario('the first episode plays before the wasm of the player is there, and goes on when it comes', async ({ origin, open }) => {
  const come = hold(origin);
  const stage = await open({ head: KEEP, body: feed(origin) });
  const { time, muted } = await early(stage);
  assert.ok(muted, 'without sound');
  assert.equal(await stage.get('series'), null, 'there is no player yet');
  come();
  await stage.playing(1, { seconds: time });
  await stage.event('firstframe');
  assert.ok(await goesOn(stage));
  assert.deepEqual(await stage.seen('seeking', 'waiting', 'error'), []);
  assert.equal((await stage.get('stats')).episodes[0].source, 'ranges');
  const ranges = media(origin).filter(({ path }) => /e0*1\.mp4/.test(path)).map(({ range }) => range);
  assert.equal(new Set(ranges).size, ranges.length, `nothing is asked for twice: ${ranges}`);
});

scenario('the wasm of the player leaves the link to the first picture', async ({ origin, open }) => {
  let come;
  origin.rule(/e0*1\.mp4/, { gate: new Promise((resolve) => { come = resolve; }), times: 1 });
  const stage = await open({ body: feed(origin) });
  while (media(origin).length === 0) await new Promise((resolve) => { setTimeout(resolve, 20); });
  await new Promise((resolve) => { setTimeout(resolve, 600); });
  assert.ok(!origin.paths().some((path) => /cliffhanger\.wasm/.test(path)), 'it is not asked for');
  come();
  await stage.playing(1);
});

scenario('a tap brings the wasm at once', async ({ origin, open }) => {
  origin.rule(/e0*1\.mp4/, { hang: true, times: 1 });
  const stage = await open({ body: feed(origin) });
  while (media(origin).length === 0) await new Promise((resolve) => { setTimeout(resolve, 20); });
  const began = performance.now();
  await stage.page.touchscreen.tap(100, 300);
  while (!origin.paths().some((path) => /cliffhanger\.wasm/.test(path))) {
    assert.ok(performance.now() - began < 1_500, 'it is asked for');
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
});

for (const desktop of [false, true]) {
  scenario(`what is shown early stays where it is when the player comes, on a ${desktop ? 'desktop' : 'phone'}`, async ({ origin, open }) => {
    const come = hold(origin);
    const stage = await open({ desktop, body: feed(origin), head: `<style>cliffhanger-player{width:${desktop ? '900px' : 'auto'}}</style>` });
    await early(stage);
    const look = () => stage.eval(() => {
      const player = document.querySelector('cliffhanger-player');
      const video = [...player.shadowRoot.querySelectorAll('video')].find((candidate) => candidate.videoWidth > 0);
      const box = ({ x, y, width, height }) => [x, y, width, height].map(Math.round);
      const { objectFit } = getComputedStyle(video);
      const { backgroundColor, overflow } = getComputedStyle(player);
      return { player: box(player.getBoundingClientRect()), video: box(video.getBoundingClientRect()), objectFit, backgroundColor, overflow };
    });
    const before = await look();
    come();
    await stage.event('firstframe');
    assert.deepEqual(await look(), before);
    assert.equal(before.objectFit, desktop ? 'contain' : 'cover');
  });
}

scenario('a player that may have sound shows the first picture, and starts it when it is there', async ({ origin, open }) => {
  const come = hold(origin);
  const stage = await open({ body: feed(origin, {}, 'autoplay') });
  await stage.until(() => document.querySelector('cliffhanger-player').shadowRoot?.querySelector('video').readyState >= 2);
  assert.ok(await stage.eval(() => document.querySelector('cliffhanger-player').shadowRoot.querySelector('video').paused));
  come();
  await stage.playing(1);
});

scenario('a pause that was asked for before there was a player is kept', async ({ origin, open }) => {
  const come = hold(origin);
  const stage = await open({ body: feed(origin) });
  await early(stage);
  await stage.eval(() => { document.querySelector('cliffhanger-player').pause(); });
  come();
  await stage.event('ready');
  await stage.until(() => [...document.querySelector('cliffhanger-player').shadowRoot.querySelectorAll('video')].every((video) => video.paused));
  assert.equal(await stage.get('paused'), true);
});

/** How far the feed has been scrolled that is there before the player, in slides, and what is to be seen of the second one. */
const beside = (stage) => stage.eval(() => {
  const { shadowRoot } = document.querySelector('cliffhanger-player');
  const [feed, video, poster] = ['div', 'video', 'img'].map((name) => shadowRoot.querySelector(name));
  return { slides: feed.scrollTop / feed.clientHeight, paused: video.paused, poster: poster?.naturalWidth > 0 };
});
const untilBeside = async (stage, check) => {
  for (let turns = 0; turns < 100; turns += 1) {
    if (check(await beside(stage))) return;
    await new Promise((resolve) => { setTimeout(resolve, 30); });
  }
  assert.fail(JSON.stringify(await beside(stage)));
};

scenario('a swipe before there is a player shows the next poster, and the player begins with that episode', async ({ origin, open }) => {
  const come = hold(origin);
  const stage = await open({ head: KEEP, body: feed(origin) });
  await early(stage);
  assert.ok(!origin.paths().some((path) => /e0*2\.jpg/.test(path)), 'not before a finger has moved');
  await stage.fling();
  await untilBeside(stage, ({ slides, paused, poster }) => slides === 1 && paused && poster);
  await stage.eval(() => {
    window.slides = new Set();
    const look = () => {
      const viewport = document.querySelector('cliffhanger-player').shadowRoot.querySelector('[part~="viewport"]');
      if (viewport?.clientHeight) window.slides.add(viewport.scrollTop / viewport.clientHeight);
      requestAnimationFrame(look);
    };
    look();
  });
  come();
  await stage.playing(2);
  assert.deepEqual(await stage.eval(() => [...window.slides]), [1], 'the first one is not seen again');
  assert.deepEqual((await stage.seen('episodechange')).map(({ detail }) => [detail.episode.n, detail.cause]), [[2, 'swipe']]);
  assert.deepEqual(await stage.seen('error'), []);
  await stage.fling({ from: 0.25, to: 0.8 });
  await stage.playing(1);
  assert.ok(await goesOn(stage));
});

scenario('a swipe that is under way when the player comes is finished first', async ({ origin, open }) => {
  const come = hold(origin);
  const stage = await open({ body: feed(origin) });
  await early(stage);
  const finger = await stage.drag({ to: 0.5 });
  come();
  await stage.until(() => performance.getEntriesByType('resource').some(({ name, responseEnd }) => /cliffhanger\.wasm/.test(name) && responseEnd));
  await finger.move(0.3);
  await finger.move(0.2);
  await finger.lift();
  await stage.playing(2);
  assert.deepEqual((await stage.seen('episodechange')).map(({ detail }) => detail.episode.n), [2]);
});

scenario('one notch of a wheel before there is a player goes on, and one goes back', async ({ origin, open }) => {
  const come = hold(origin);
  const stage = await open({ desktop: true, body: feed(origin) });
  await early(stage);
  await stage.wheel(100);
  await untilBeside(stage, ({ slides, paused }) => slides === 1 && paused);
  await stage.wheel(-100);
  await untilBeside(stage, ({ slides, paused }) => slides === 0 && !paused);
  await stage.wheel(100);
  come();
  await stage.playing(2);
});

scenario('a trackpad that still moves when the player comes goes on by one episode', async ({ origin, open }) => {
  const come = hold(origin);
  const stage = await open({ desktop: true, body: feed(origin) });
  await early(stage);
  const sent = [];
  for (let turn = 0; turn < 50; turn += 1) {
    if (turn === 20) come();
    sent.push(stage.wheel(60 - turn));
    await new Promise((resolve) => { setTimeout(resolve, 16); });
  }
  await Promise.all(sent);
  await stage.playing(2);
  await new Promise((resolve) => { setTimeout(resolve, 500); });
  assert.deepEqual((await stage.seen('episodechange')).map(({ detail }) => detail.episode.n), [2]);
});

scenario('a finger that goes back before there is a player stays with the first episode', async ({ origin, open }) => {
  const come = hold(origin);
  const stage = await open({ body: feed(origin) });
  await early(stage);
  const finger = await stage.drag({ from: 0.9, to: 0.2 });
  await untilBeside(stage, ({ slides, paused }) => slides > 0.5 && paused);
  for (const share of [0.4, 0.6, 0.8, 0.89]) await finger.move(share);
  await new Promise((resolve) => { setTimeout(resolve, 100); });
  await finger.move(0.9);
  await finger.lift();
  await untilBeside(stage, ({ slides, paused }) => slides === 0 && !paused);
  come();
  await stage.playing(1);
  assert.deepEqual(await stage.seen('episodechange'), []);
});

scenario('a swipe to a wall before there is a player opens it, and nothing of what is locked is asked for', async ({ origin, open }) => {
  const come = hold(origin);
  const stage = await open({ body: feed(origin, { free: 1 }) });
  await early(stage);
  await stage.fling();
  await untilBeside(stage, ({ slides }) => slides === 1);
  come();
  await stage.event('paywallopen', ({ episode }) => episode.n === 2);
  await stage.untilShows('paywall');
  assert.deepEqual(media(origin).filter(({ path }) => !/e0*1\.mp4/.test(path)), []);
});

scenario('a series of one episode cannot be swiped before there is a player', async ({ origin, open }) => {
  const come = hold(origin);
  const stage = await open({ body: feed(origin, { count: 1, free: 1 }) });
  await early(stage);
  await stage.fling();
  await new Promise((resolve) => { setTimeout(resolve, 300); });
  assert.deepEqual(await beside(stage), { slides: 0, paused: false, poster: false });
  come();
  await stage.playing(1);
});

scenario('a tap before there is a player pauses at once, and the player keeps to it', async ({ origin, open }) => {
  const come = hold(origin);
  const stage = await open({ body: feed(origin) });
  await early(stage);
  await stage.tap(195, 400);
  await untilBeside(stage, ({ paused }) => paused);
  come();
  await stage.event('ready');
  await new Promise((resolve) => { setTimeout(resolve, 300); });
  assert.equal(await stage.get('paused'), true);
  assert.ok((await stage.videos()).every(({ paused }) => paused));
  await stage.tap(195, 400);
  await stage.playing(1);
});

scenario('without the wasm of the player the page shows its own content again', async ({ origin, open }) => {
  origin.rule(/cliffhanger\.wasm$/, { status: 404, delay: 700 });
  const stage = await open({ body: player(origin, series({ count: 3, free: 3 }), 'autoplay muted', '<a href="/watch/2">Episode 2</a>') });
  await early(stage);
  assert.ok(await stage.eval(() => document.querySelector('a').getClientRects().length === 0), 'covered for now');
  await stage.event('error', (detail) => detail.code === 'wasm-unavailable');
  assert.ok(await stage.eval(() => document.querySelector('a').getClientRects().length > 0));
  assert.equal(await stage.eval(() => document.querySelector('cliffhanger-player').shadowRoot.querySelector('video')), null);
});

scenario('an element that is moved before there is a player goes on', async ({ origin, open }) => {
  const come = hold(origin);
  const stage = await open({ head: KEEP, body: `${feed(origin)}<main></main>` });
  await early(stage);
  await stage.eval(() => { document.querySelector('main').append(document.querySelector('cliffhanger-player')); });
  come();
  await stage.playing(1);
  assert.ok(await goesOn(stage));
});

scenario('an element that is destroyed before there is a player is silent and asks for nothing more', async ({ origin, open }) => {
  const come = hold(origin);
  const stage = await open({ body: feed(origin) });
  await early(stage);
  const asked = media(origin).length;
  await stage.call('destroy');
  come();
  await new Promise((resolve) => { setTimeout(resolve, 600); });
  assert.equal(media(origin).length, asked);
  assert.equal(await stage.eval(() => document.querySelector('cliffhanger-player').shadowRoot.querySelector('video')), null);
});

scenario('what breaks off while it is shown early is taken up', async ({ origin, open }) => {
  const come = hold(origin);
  origin.rule(/e0*1\.mp4/, { truncate: 60_000, times: 1 });
  const stage = await open({ head: KEEP, body: feed(origin) });
  await early(stage);
  come();
  await stage.playing(1, { seconds: 2 });
  assert.ok(await goesOn(stage));
});

scenario('a first file that cannot be read is left to the player', async ({ origin, open }) => {
  const come = hold(origin);
  origin.rule(/e0*1\.mp4/, { body: '<!doctype html>'.repeat(400), type: 'text/html' });
  const stage = await open({ body: feed(origin) });
  while (media(origin).length === 0) await new Promise((resolve) => { setTimeout(resolve, 20); });
  come();
  await stage.event('error');
  await stage.call('next');
  await stage.playing(2);
});

scenario('a swipe past a first file that cannot be read is kept', async ({ origin, open }) => {
  const come = hold(origin);
  origin.rule(/e0*1\.mp4/, { body: '<!doctype html>'.repeat(400), type: 'text/html' });
  const stage = await open({ head: KEEP, body: feed(origin) });
  await stage.until(() => document.querySelector('cliffhanger-player')?.shadowRoot?.querySelector('img'));
  await stage.fling();
  await untilBeside(stage, ({ slides }) => slides === 1);
  come();
  await stage.playing(2);
  assert.deepEqual(await stage.seen('error'), []);
});
