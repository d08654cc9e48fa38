// Every example of the site, as `cargo xtask demo` serves it: does what it is there to show.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { startGate } from './support/gate.mjs';
import { WWW } from './support/paths.mjs';
import { scenario } from './support/scenario.mjs';
import { armed, tapOffer } from './support/sheet.mjs';

let gate;
before(async () => {
  for (const folder of ['react', 'vue']) {
    if (!fs.existsSync(path.join(WWW, 'examples', folder, 'built.js'))) throw new Error('the examples are not built: cargo xtask site');
  }
  gate = await startGate({ args: ['--demo'] });
});
after(() => gate?.stop());

const complaints = (stage) => stage.console.filter((line) => /^(error|warning)/.test(line));
const shown = (stage, css, text) => stage.until((selector, wanted) => document.querySelector(selector).textContent.trim() === wanted, { args: [css, text], what: `${css} says "${text}"` });

/** Opens an example and waits for its first episode; the console must be clean at the end. */
function example(folder, what, body, { search = '' } = {}) {
  scenario(`example ${folder}: ${what}`, async ({ open }) => {
    const stage = await open({ url: `${gate.url}/examples/${folder}/${search}` });
    await stage.playing(1);
    await stage.settled();
    await body(stage);
    assert.deepEqual(complaints(stage), []);
    assert.equal(await stage.eval(() => document.documentElement.scrollWidth <= innerWidth), true, 'nothing is wider than the screen');
  });
}

test('the list of examples names every folder, and only those', () => {
  const folders = fs.readdirSync(path.join(WWW, 'examples'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const listed = [...fs.readFileSync(path.join(WWW, 'examples/index.html'), 'utf8').matchAll(/<li><a href="([\w-]+)\/">/g)].map(([, name]) => name);
  assert.deepEqual(listed.sort(), folders.sort());
});

example('plain', 'takes the page\'s own video over and swipes on', async (stage) => {
  assert.equal((await stage.get('stats')).episodes[0].startPath, 'adopted');
  await stage.flingTo(2);
  await stage.playing(2);
});

for (const folder of ['react', 'vue']) {
  example(folder, 'tells what is on the screen', async (stage) => {
    await shown(stage, '#told', '1. The River');
    await stage.flingTo(2);
    await stage.playing(2);
    const { title } = await stage.get('currentEpisode');
    await shown(stage, '#told', `2. ${title}`);
  });
}

example('host-access', 'opens the wall when the page\'s backend says so, and not before', async (stage) => {
  await stage.call('goTo', 3);
  await armed(stage);
  await tapOffer(stage);
  await stage.until(() => /no pass/.test(document.querySelector('cliffhanger-player').shadowRoot.querySelector('[part~="paywall"]').innerText), { what: 'the sheet says why' });
  assert.equal(await stage.get('access'), 'locked');
  await stage.eval(() => { document.querySelector('#member').checked = true; });
  await tapOffer(stage);
  await stage.playing(3);
  assert.equal(await stage.get('access'), 'granted');
});

example('analytics', 'hands events and the campaign to the data layer, and to nobody else', async (stage) => {
  const foreign = [];
  stage.page.on('request', (request) => { if (!request.url().startsWith(gate.url) && !/^(data|blob):/.test(request.url())) foreign.push(request.url()); });
  await stage.call('goTo', 3);
  const layer = await stage.until(() => window.dataLayer.some(({ event }) => event === 'cliffhanger_wall') && window.dataLayer);
  assert.deepEqual(layer.find(({ event }) => event === 'cliffhanger_episode'), {
    event: 'cliffhanger_episode', series: 'paper-lanterns', episode: 3, by: 'api', utm_source: 'reels', ttclid: 'abc',
  });
  assert.deepEqual(foreign, []);
  const kept = await stage.eval(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  assert.doesNotMatch(kept, /reels|abc/, 'nothing of the campaign is stored');
}, { search: '?utm_source=reels&ttclid=abc&other=1' });

example('paywall', 'shows the page\'s own words in the sheet, and goes on when they are answered', async (stage) => {
  await stage.call('goTo', 2);
  await stage.untilShows('paywall');
  await stage.page.getByLabel('E-mail').fill('viewer@example.org');
  await stage.page.getByRole('button', { name: 'Go on' }).tap();
  await stage.playing(2);
});

example('two-players', 'plays one at a time, from one wasm', async (stage) => {
  const ids = () => stage.eval(() => [...document.querySelectorAll('cliffhanger-player')].filter((player) => !player.paused).map((player) => player.id));
  assert.deepEqual(await ids(), ['left']);
  await stage.until(() => document.querySelector('#right').isReady);
  assert.deepEqual(await stage.eval(() => [...document.querySelectorAll('cliffhanger-player')].map((player) => player.series.id)), ['paper-lanterns', 'neon-vows']);
  await stage.eval(() => document.querySelector('#right').play());
  await stage.until(() => document.querySelector('#right').currentTime > 0.1 && document.querySelector('#left').paused, { what: 'the right one plays, the left one rests' });
  assert.deepEqual(await ids(), ['right']);
  assert.equal(await stage.eval(() => performance.getEntriesByType('resource').filter((entry) => entry.name.endsWith('/cliffhanger.wasm')).length), 1);
});

example('endless', 'never comes to an end', async (stage) => {
  await shown(stage, '#count', '5');
  for (let n = 2; n <= 7; n += 1) {
    assert.equal(await stage.call('next'), true, `on to ${n}`);
    await stage.at(n);
  }
  await stage.playing(7);
  await shown(stage, '#count', '10');
});

scenario('example cms: the pasted snippet plays in the article, which scrolls past it', async ({ open }) => {
  const stage = await open({ url: `${gate.url}/examples/cms/` });
  await stage.playing(1);
  const { width, height, wide } = await stage.eval(() => {
    const box = document.querySelector('cliffhanger-player').getBoundingClientRect();
    return { width: box.width, height: box.height, wide: document.documentElement.scrollWidth > innerWidth };
  });
  assert.ok(Math.abs(width / height - 9 / 16) < 0.02, `${width} x ${height}`);
  assert.equal(wide, false);
  await stage.call('goTo', 4);
  assert.equal((await stage.event('paywallopen')).detail.episode.n, 4);
  assert.deepEqual(complaints(stage), []);
});

scenario('the playground plays what its fields say, and its snippet says the same', async ({ open }) => {
  const stage = await open({ url: `${gate.url}/playground.html`, desktop: true });
  await stage.playing(1);
  await stage.page.getByLabel('free-episodes').fill('1');
  await stage.page.getByLabel('no-ui').check();
  await stage.page.getByLabel('preload').selectOption('none');
  await stage.playing(1);
  const marks = await stage.eval(() => document.querySelector('#snippet').textContent);
  assert.match(marks, /<cliffhanger-player src="\/series\/paper-lanterns\/series\.json" free-episodes="1" autoplay muted preload="none" no-ui>/);
  const attributes = await stage.eval(() => document.querySelector('cliffhanger-player').getAttributeNames());
  assert.deepEqual(attributes, ['src', 'free-episodes', 'autoplay', 'muted', 'preload', 'no-ui']);
  await stage.call('goTo', 2);
  assert.equal((await stage.event('paywallopen')).detail.episode.n, 2);
});

scenario('the conformance page finds everything that is needed in this browser', async ({ open }) => {
  const stage = await open({ url: `${gate.url}/conformance.html` });
  const results = await stage.until(() => window.conformance, { ms: 60_000 });
  assert.deepEqual(results.filter(({ result }) => result === 'no'), []);
  assert.ok(results.length >= 30);
  assert.deepEqual(results.filter(({ result }) => result === 'manual').map(({ id }) => id), ['hidden', 'fling']);
  assert.equal(await stage.eval(() => document.querySelectorAll('#rows tr').length), results.length);
});

scenario('the conformance page sees what is missing', async ({ open, origin }) => {
  const stage = await open({ url: `${gate.url}/conformance.html`, record: false, context: undefined });
  assert.ok(origin);
  await stage.until(() => window.conformance, { ms: 60_000 });
  await stage.page.addInitScript(() => { WebAssembly.compile = () => Promise.reject(new Error('not here')); delete window.Intl.NumberFormat; });
  await stage.page.reload();
  const results = await stage.until(() => window.conformance, { ms: 60_000 });
  assert.deepEqual(results.filter(({ result }) => result === 'no').map(({ id }) => id).filter((id) => id === 'wasm' || id === 'prices'), ['wasm', 'prices']);
});

scenario('the documentation is there as pages whose links lead somewhere', async ({ open }) => {
  const stage = await open({ url: `${gate.url}/docs/`, record: false });
  const pages = await stage.until(() => document.readyState === 'complete' && [...document.querySelectorAll('main li a')].map((link) => link.href));
  assert.ok(pages.length >= 5, String(pages));
  const dead = [];
  for (const page of pages) {
    const html = await (await fetch(page)).text();
    for (const [, href] of html.matchAll(/href="(\/[^"#]*)/g)) if (!(await fetch(gate.url + href)).ok) dead.push(`${page}: ${href}`);
    for (const [, href, anchor] of html.matchAll(/href="(\/docs\/[\w-]+\.html)#([\w-]+)"/g)) {
      if (!(await (await fetch(gate.url + href)).text()).includes(`id="${anchor}"`)) dead.push(`${page}: ${href}#${anchor}`);
    }
  }
  assert.deepEqual(dead, []);
});
