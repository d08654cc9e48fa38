// All the ways in which pages, scripts and frameworks put a player in, take it out and get it wrong.
import assert from 'node:assert/strict';
import { player, scenario } from './support/scenario.mjs';
import { series } from './support/series.mjs';

const feed = (origin, attributes = '') => player(origin, series({ count: 6, free: 9 }), `autoplay muted no-auto-advance no-resume ${attributes}`);
const VIDEO = '<video src="/media/e001.mp4" poster="/media/e001.jpg" muted autoplay playsinline></video>';

/** Holds back what matches until it is let go. */
function hold(origin, match) {
  let release;
  origin.rule(match, { gate: new Promise((resolve) => { release = resolve; }) });
  return release;
}

const warnings = (stage) => stage.console.filter((line) => line.startsWith('warning: cliffhanger'));

scenario('an element made and set up before its definition takes everything over', async ({ origin, open }) => {
  origin.put('/series.json', series({ count: 6, free: 9 }));
  const release = hold(origin, /^\/cliffhanger\/cliffhanger\.js/);
  const stage = await open({ body: `<script>
    const made = document.createElement('cliffhanger-player');
    made.src = '/series.json';
    made.freeEpisodes = 2;
    made.autoplay = made.muted = made.noResume = true;
    made.volume = 0.5;
    document.body.append(made);
  </script>` });
  await stage.until(() => document.querySelector('cliffhanger-player'));
  assert.equal(await stage.get('isReady'), undefined, 'not defined yet');
  release();
  await stage.playing(1);
  assert.deepEqual(await stage.eval(() => {
    const { volume, muted, freeEpisodes } = document.querySelector('cliffhanger-player');
    return { volume, muted, freeEpisodes };
  }), { volume: 0.5, muted: true, freeEpisodes: 2 });
  await stage.call('goTo', 3);
  assert.equal((await stage.event('paywallopen')).detail.episode.n, 3);
});

scenario('an element made after its definition answers the calls it got before it was in the page', async ({ origin, open }) => {
  origin.put('/series.json', series({ count: 6, free: 9 }));
  const stage = await open({ body: '<p>nothing yet</p>' });
  await stage.until(() => customElements.get('cliffhanger-player'));
  const moved = await stage.eval(async () => {
    const made = document.createElement('cliffhanger-player');
    made.src = '/series.json';
    made.muted = true;
    const answer = made.goTo(3);
    document.body.append(made);
    return answer;
  });
  assert.equal(moved, true);
  await stage.call('play');
  await stage.playing(3);
});

scenario('a copy of a player is a player of its own', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin, 'id="first"') });
  await stage.playing(1);
  await stage.eval(() => {
    const copy = document.querySelector('#first').cloneNode(true);
    copy.id = 'copy';
    document.body.append(copy);
  });
  await stage.until(() => document.querySelector('#copy').isReady);
  assert.equal(await stage.eval(() => document.querySelector('#copy').goTo(4)), true);
  assert.equal((await stage.get('currentEpisode')).n, 1, 'the first stays where it is');
  assert.equal(origin.paths(/cliffhanger\.wasm$/).length, 1, 'one wasm for both');
});

scenario('append() takes episodes, and still takes nodes', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  await stage.eval(() => {
    const own = document.createElement('p');
    own.slot = 'overlay';
    document.querySelector('cliffhanger-player').append(own, 'words');
  });
  assert.equal(await stage.eval(() => document.querySelector('cliffhanger-player > p[slot]')?.nextSibling.data), 'words');
  await stage.eval(() => document.querySelector('cliffhanger-player').append([{ id: 'extra', n: 7, renditions: [{ type: 'mp4', url: '/media/e007.mp4' }] }]));
  await stage.until(() => document.querySelector('cliffhanger-player').episodes.length === 7);
  assert.equal(await stage.call('goTo', 'extra'), true);
});

scenario('the module loaded twice, and the classic script besides, is one player', async ({ origin, open }) => {
  const stage = await open({
    body: feed(origin),
    head: '<script type="module" src="/cliffhanger/cliffhanger.js?once"></script><script type="module" src="/cliffhanger/cliffhanger.js?twice"></script><script src="/cliffhanger/classic.js" defer></script>',
  });
  await stage.playing(1);
  await stage.flingTo(2);
  await stage.playing(2);
  assert.equal((await stage.seen('ready')).length, 1);
  assert.equal(origin.paths(/cliffhanger\.wasm$/).length, 1);
  assert.deepEqual(warnings(stage), [], 'the same version says nothing');
});

scenario('a page that has another version already keeps it, and is told', async ({ origin, open }) => {
  const stage = await open({
    body: feed(origin),
    head: "<script>customElements.define('cliffhanger-player', class extends HTMLElement { static version = '0.0.1'; connectedCallback() { this.textContent = 'old'; } });</script>",
  });
  await stage.until(() => document.readyState === 'complete');
  await stage.until(() => document.querySelector('cliffhanger-player').textContent === 'old');
  const [said] = warnings(stage);
  assert.match(said, /was defined already, by 0\.0\.1; \d+\.\d+\.\d+ leaves it so/);
  assert.equal(origin.paths(/\.wasm$/).length, 0, 'the second loads nothing');
});

scenario('a player taken out while it loads asks for no media, and plays when it is put back', async ({ origin, open }) => {
  const release = hold(origin, /cliffhanger\.wasm$|series\.json/);
  const stage = await open({ body: feed(origin) });
  await stage.until(() => customElements.get('cliffhanger-player'));
  await stage.eval(() => { window.taken = document.querySelector('cliffhanger-player'); window.taken.remove(); });
  release();
  for (const what of ['cliffhanger.wasm', 'series.json']) {
    await stage.until((name) => performance.getEntriesByType('resource').some((entry) => entry.name.endsWith(name) && entry.responseEnd > 0), { args: [what] });
  }
  await stage.eval(() => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); }));
  assert.deepEqual(origin.episodesAsked(), []);
  await stage.eval(() => document.body.append(window.taken));
  await stage.playing(1);
});

scenario('mounting, unmounting and mounting again in one breath makes one player', async ({ origin, open }) => {
  origin.put('/series.json', series({ count: 6, free: 9 }));
  const stage = await open({ body: '<div id="root"></div>' });
  await stage.until(() => customElements.get('cliffhanger-player'));
  await stage.eval(() => {
    const made = document.createElement('cliffhanger-player');
    for (const [name, value] of [['src', '/series.json'], ['autoplay', ''], ['muted', ''], ['no-resume', '']]) made.setAttribute(name, value);
    for (let round = 0; round < 10; round += 1) {
      document.querySelector('#root').append(made);
      made.remove();
    }
    document.querySelector('#root').append(made);
  });
  await stage.playing(1);
  await stage.settled();
  await stage.flingTo(2);
  await stage.playing(2);
  assert.equal((await stage.seen('ready')).length, 1);
  assert.equal(origin.paths(/^\/series\.json/).length, 1, 'the manifest is fetched once');
});

scenario('another src in the middle of an episode starts the other series, and nothing of the first goes on', async ({ origin, open }) => {
  const other = series({ count: 3, free: 9 });
  other.series = { id: 'other', title: 'Other', lang: 'en' };
  for (const episode of other.episodes) episode.renditions = [{ type: 'mp4', url: `/media/other/${episode.id}.mp4` }];
  origin.put('/other.json', other);
  const stage = await open({ body: feed(origin) });
  await stage.playing(1, { seconds: 0.5 });
  await stage.call('goTo', 2);
  await stage.playing(2);
  await stage.eval(() => { window.seen.length = 0; document.querySelector('cliffhanger-player').src = '/other.json'; });
  await stage.until(() => document.querySelector('cliffhanger-player').series?.id === 'other');
  await stage.playing(1);
  const sources = (await stage.videos()).filter((video) => !video.paused);
  assert.equal(sources.length, 1, 'one video plays');
  assert.deepEqual((await stage.seen('error')).map(({ detail }) => detail.code), []);
  await stage.settled();
  await stage.flingTo(2);
  await stage.playing(2);
  const changed = origin.requests.findIndex(({ path }) => path === '/other.json');
  const late = origin.requests.slice(changed + 1).filter(({ path }) => /^\/media\/other\//.test(path) === false && /\.mp4/.test(path));
  assert.deepEqual(late.map(({ path }) => path), [], 'nothing of the first series is fetched any more');
});

const WASM = [
  ['is a web page, as servers of single-page apps answer', { body: '<!doctype html><title>app</title>', type: 'text/html' }],
  ['is a web page that says it is wasm', { body: '<!doctype html><title>app</title>', type: 'application/wasm' }],
  ['breaks off', { truncate: 2000 }],
  ['is answered with a server error', { status: 503 }],
];

for (const [what, action] of WASM) {
  scenario(`a wasm that ${what} leaves the first episode playing, and the page is told`, async ({ origin, open }) => {
    origin.rule(/cliffhanger\.wasm/, action);
    const stage = await open({ body: player(origin, series({ count: 6 }), 'autoplay muted', VIDEO) });
    const { detail } = await stage.event('error');
    assert.equal(detail.type, 'internal');
    assert.equal(detail.code, 'wasm-unavailable');
    assert.equal(detail.fatal, true);
    assert.ok(detail.message.length > 10, 'the message says why');
    await stage.until(() => {
      const video = document.querySelector('cliffhanger-player > video');
      return video.currentTime > 0.3 && !video.paused && video.controls && video.checkVisibility();
    }, { what: 'the first episode plays with the browser\'s controls' });
    assert.deepEqual(await stage.eval(() => document.querySelector('cliffhanger-player').next().then(String, (error) => error.name)), 'InvalidStateError');
  });
}

scenario('a second wasm that is missing costs its menus and nothing else', async ({ origin, open }) => {
  origin.rule(/cliffhanger-later\.wasm/, { status: 404 });
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  await stage.settled();
  await stage.flingTo(2);
  await stage.playing(2);
  assert.deepEqual((await stage.seen('error')).map(({ detail }) => detail.code), []);
});

scenario('what a page puts into the slots stands where the player\'s own words would', async ({ origin, open }) => {
  origin.rule(/^\/media\/e002\.mp4/, { status: 404 });
  const slots = ['overlay', 'paywall', 'error', 'end'].map((name) => `<p slot="${name}" id="${name}">Our ${name}</p>`).join('');
  const stage = await open({ body: player(origin, series({ count: 3, free: 2 }), 'autoplay muted no-auto-advance no-resume', `${slots}<p id="rest">not slotted</p>`) });
  await stage.playing(1);
  const visible = () => stage.eval(() => [...document.querySelectorAll('cliffhanger-player > p')].filter((own) => own.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    && own.getBoundingClientRect().height > 0).map((own) => own.id));
  assert.deepEqual(await visible(), ['overlay']);
  await stage.call('goTo', 2);
  await stage.untilShows('error');
  assert.deepEqual(await visible(), ['overlay', 'error']);
  await stage.call('goTo', 3);
  await stage.untilShows('paywall');
  assert.deepEqual(await visible(), ['overlay', 'paywall']);
  assert.doesNotMatch(await stage.text('paywall'), /Episode 3/, 'the player\'s own words are not there');
  await stage.call('grant', 'e003', true);
  await stage.playing(3);
  await stage.eval(() => { const it = document.querySelector('cliffhanger-player'); it.currentTime = it.duration - 0.3; });
  await stage.event('seriesend');
  await stage.untilShows('end');
  assert.deepEqual(await visible(), ['overlay', 'end']);
});
