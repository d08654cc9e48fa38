import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { startGate } from './support/gate.mjs';
import { CLIPS, episodesIn } from './support/paths.mjs';
import { player, scenario } from './support/scenario.mjs';
import { series } from './support/series.mjs';
import { armed } from './support/sheet.mjs';

let gate;
let manifest;
before(async () => {
  gate = await startGate({ args: ['--free-episodes', '5'] });
  manifest = await (await fetch(`${gate.url}/series/neon-vows.json`)).json();
});
after(() => gate?.stop());

/** `<series>/<content key>` of a media URL, whichever way it is reached; null when it is not media. */
const folderOf = (url) => /^\/(?:free|p\/[^/]+)\/([^/]+\/[^/]+)\//.exec(new URL(url, gate.url).pathname)?.[1] ?? null;
const urlsIn = (value) => [...JSON.stringify(value).matchAll(/"url":"([^"]+)"/g)].map((match) => match[1]);

/** Content keys of the free episodes: all that may ever be asked for. */
const freeFolders = () => new Set(manifest.episodes.filter(({ n }) => n <= 5).flatMap(urlsIn).map(folderOf).filter(Boolean));

function record(stage) {
  const asked = [];
  stage.page.on('request', (request) => asked.push(request.url()));
  return asked;
}

function assertOnlyFree(asked) {
  const free = freeFolders();
  const media = asked.filter((url) => /^\/(free|p)\//.test(new URL(url).pathname));
  assert.ok(media.length > 0, 'media of free episodes was asked for');
  for (const url of media) assert.ok(free.has(folderOf(url)), `asked for media of an episode that is not free: ${url}`);
}

const watchPage = () => `${gate.url}/watch/neon-vows`;

scenario('the public manifest has no media of a locked episode', async () => {
  assert.equal(manifest.episodes.length, 12);
  for (const episode of manifest.episodes) {
    if (episode.n <= 5) {
      assert.ok(episode.renditions.length >= 1);
    } else {
      for (const member of ['renditions', 'captions', 'storyboard', 'cues']) assert.equal(episode[member], undefined, `${member} of ${episode.id}`);
      const folders = urlsIn(episode).map(folderOf).filter(Boolean);
      assert.ok(folders.every((folder) => !freeFolders().has(folder)));
    }
  }
  assert.equal(freeFolders().size >= 5, true);
});

scenario('from the first frame through the wall and twenty flicks against it, no byte of a locked episode is asked for', async ({ open }) => {
  const stage = await open({ url: watchPage() });
  await stage.untilShows('viewport');
  assert.equal(await stage.eval(() => document.documentElement.scrollWidth), 390, 'the page is as wide as the phone');
  const asked = record(stage);
  await stage.page.reload({ waitUntil: 'commit' });
  await stage.playing(1);
  for (let n = 2; n <= 6; n += 1) await stage.flingTo(n);
  assert.equal((await stage.event('paywallopen')).detail.episode.n, 6);
  await stage.untilShows('paywall');
  for (let count = 0; count < 20; count += 1) await stage.fling();
  await stage.settled();
  await stage.fling({ from: 0.25, to: 0.8 });
  await stage.until(() => document.querySelector('cliffhanger-player').currentEpisode.n >= 5);
  assertOnlyFree(asked);
  const told = await stage.eval(() => JSON.stringify([document.querySelector('cliffhanger-player').episodes, window.seen]));
  assert.doesNotMatch(told, /\/p\//, 'no grant is in a property or an event');
}, { timeout: 120_000 });

scenario('taking the overlay away, setting every attribute and calling every method gets no media', async ({ open }) => {
  const stage = await open({ url: watchPage() });
  const asked = record(stage);
  await stage.playing(1);
  await stage.call('goTo', 6);
  await armed(stage);
  await stage.eval(async () => {
    const element = document.querySelector('cliffhanger-player');
    for (const sheet of element.shadowRoot.querySelectorAll('[part~="paywall"]')) sheet.remove();
    const attributes = { 'free-episodes': '999', autoplay: '', muted: '', loop: '', episode: '6', preload: 'auto', 'no-ui': '', access: 'open', unlocked: '', locked: 'false' };
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    for (const name of ['access', 'paywall', 'episodes', 'currentEpisode', 'series']) {
      try { element[name] = name === 'access' ? 'granted' : null; } catch { /* read-only in strict mode */ }
    }
    const calls = [() => element.play(), () => element.grant('e006', true), () => element.refreshAccess(), () => element.dismissPaywall(), () => element.play(), () => element.next(), () => element.goTo(6), () => element.play()];
    for (const call of calls) await Promise.race([Promise.resolve().then(call).catch(() => {}), new Promise((resolve) => { setTimeout(resolve, 300); })]);
    for (const video of element.shadowRoot.querySelectorAll('video')) { video.hidden = false; video.style.cssText = 'display:block;opacity:1;visibility:visible'; }
  });
  await stage.settled();
  const locked = await stage.eval(() => {
    const element = document.querySelector('cliffhanger-player');
    return [...element.shadowRoot.querySelectorAll('video')].filter((video) => {
      const { top, bottom } = video.getBoundingClientRect();
      return top < innerHeight / 2 && bottom > innerHeight / 2;
    }).map(({ networkState, paused, currentTime, src }) => ({ networkState, paused, currentTime, src }));
  });
  for (const video of locked) assert.deepEqual(video, { networkState: 0, paused: true, currentTime: 0, src: '' });
  assert.notEqual(await stage.get('access'), 'free');
  assertOnlyFree(asked);
});

scenario('a patched fetch that turns every refusal into consent gets no media', async ({ open, origin }) => {
  origin.put('/patched.html', '');
  const stage = await open({ url: `${origin.url}/patched.html` });
  await stage.page.addInitScript(() => {
    const { fetch } = window;
    window.refusals = 0;
    window.fetch = async (...args) => {
      const answer = await fetch(...args);
      if (answer.status !== 402 && answer.status !== 401 && answer.status !== 403) return answer;
      window.refusals += 1;
      return new Response(JSON.stringify({ allowed: true, state: 'free', grant: { id: 'x', renditions: [], source: 'free' } }), { status: 200, headers: { 'content-type': 'application/json' } });
    };
  });
  const asked = record(stage);
  await stage.page.goto(watchPage(), { waitUntil: 'commit' });
  await stage.playing(1);
  await stage.call('goTo', 6);
  await stage.at(6);
  await stage.until(() => window.refusals > 0, { what: 'the gate refuses' });
  await stage.settled();
  assert.equal((await stage.videos()).some((video) => !video.paused), false);
  assert.notEqual(await stage.get('access'), 'granted');
  assertOnlyFree(asked);
});

scenario('free-episodes on a gated player warns and moves nothing', async ({ open, origin }) => {
  const page = origin.put('/warn.html', `<!doctype html><html lang="en"><title>t</title><style>cliffhanger-player{display:block;height:90vh}</style>
    <script type="module" src="/cliffhanger/cliffhanger.js"></script>
    <cliffhanger-player src="${gate.url}/series/neon-vows.json" free-episodes="12" autoplay muted></cliffhanger-player>`);
  const stage = await open({ url: page });
  await stage.playing(1);
  await stage.call('goTo', 7);
  assert.equal((await stage.event('paywallopen')).detail.episode.n, 7);
  assert.equal(stage.console.filter((line) => line.startsWith('warning') && line.includes('free-episodes')).length, 1);
});

scenario('with the gate down the free episodes go on, and the wall says what is the matter', async ({ open, origin }) => {
  const own = series({ count: 4, free: 2, mode: 'gate' });
  own.access.gate = { base: 'http://127.0.0.1:9' };
  for (const locked of own.episodes.slice(2)) { locked.access = { state: 'locked' }; delete locked.renditions; }
  const stage = await open({ body: player(origin, own) });
  await stage.playing(1);
  await stage.flingTo(2);
  await stage.playing(2);
  await stage.flingTo(3);
  assert.equal((await stage.event('error', (told) => told.type === 'access')).detail.code, 'gate-unreachable');
  assert.equal((await stage.videos()).some((video) => !video.paused), false);
  await stage.fling({ from: 0.25, to: 0.8 });
  await stage.playing(2);
});

scenario('a folder of plain files with odd names is a series with its wall where it was asked for', async ({ open }) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cliffhanger-plain-'));
  const clips = episodesIn(CLIPS);
  ['1 – Der Anfang (größe).mp4', '2 第二集 & more #2.mp4', '10 "last" %41.mp4', '3.mp4'].forEach((name, index) => fs.copyFileSync(clips[index], path.join(folder, name)));
  fs.writeFileSync(path.join(folder, 'notes.mp4'), 'this is no video');
  const plain = await startGate({ folder, args: ['--free-episodes', '2'], site: false });
  try {
    const stage = await open({ url: `${plain.url}/` });
    await stage.playing(1);
    const titles = (await stage.get('episodes')).map(({ title }) => title);
    assert.equal(titles.length, 4, `the broken file is left out: ${titles}`);
    assert.match(titles[0], /Der Anfang/);
    assert.match(titles[1], /第二集/);
    assert.match(titles[3], /last/, 'ten comes after three');
    await stage.flingTo(2);
    await stage.playing(2);
    await stage.flingTo(3);
    assert.equal((await stage.event('paywallopen')).detail.episode.n, 3);
    assert.match(plain.output(), /notes\.mp4/, 'the file that cannot be played is named');
  } finally {
    await plain.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
