import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after } from 'node:test';
import { player, scenario as plain } from './support/scenario.mjs';
import { series } from './support/series.mjs';

const feed = (origin, attributes = '') => player(origin, series({ count: 6, free: 9 }), `autoplay muted no-auto-advance ${attributes}`);

/** Faults after which the session went on; `cargo xtask test` prints how many. */
let survived = 0;
const scenario = (title, body, options) => plain(title, async (given) => {
  await body(given);
  survived += 1;
}, options);
after(() => {
  const folder = process.env.CLIFFHANGER_COUNTS;
  if (folder) fs.writeFileSync(path.join(folder, 'faults survived in a browser.faults'), String(survived));
});

/** Media that fails is told or recovered within this time. */
const TOLD_MS = 40_000;

const MEDIA = [
  ['does not exist', { status: 404 }, 'network', 'media-not-found'],
  ['is gone', { status: 410 }, 'network', 'media-not-found'],
  ['is refused', { status: 403 }, 'network', 'media-forbidden'],
  ['is refused range by range', { status: 416 }, 'network', /^media-/],
  ['is answered with a server error', { status: 500 }, 'network', 'media-server'],
  ['is a web page', { body: '<!doctype html><title>Sign in</title>', type: 'video/mp4' }, 'media', 'media-unsupported'],
  ['is empty', { body: '', type: 'video/mp4' }, /^(network|media)$/, /^media-/],
];

for (const [what, action, type, code] of MEDIA) {
  scenario(`a video that ${what} has a card, and the way on is open`, async ({ origin, open }) => {
    origin.rule(/^\/media\/e002\.mp4/, action);
    const stage = await open({ body: feed(origin) });
    await stage.playing(1);
    await stage.settled();
    await stage.flingTo(2);
    const { detail } = await stage.event('error', () => true, { ms: TOLD_MS });
    assert.match(detail.type, type instanceof RegExp ? type : new RegExp(`^${type}$`));
    assert.match(detail.code, code instanceof RegExp ? code : new RegExp(`^${code}$`));
    assert.equal(detail.episode?.id ?? detail.episode, 'e002');
    assert.equal(detail.fatal, false);
    await stage.untilShows('error');
    assert.equal((await stage.get('error')).code, detail.code);
    await stage.fling();
    await stage.playing(3);
    assert.equal(await stage.get('error'), null);
    await stage.untilShows('error', false);
  });
}

scenario('a first video that does not exist is told, and swiping on works', async ({ origin, open }) => {
  origin.rule(/^\/media\/e001\.mp4/, { status: 404 });
  const stage = await open({ body: feed(origin) });
  assert.equal((await stage.event('error', () => true, { ms: TOLD_MS })).detail.code, 'media-not-found');
  await stage.untilShows('error');
  await stage.flingTo(2);
  await stage.playing(2);
});

scenario('a server that fails and recovers plays without the viewer doing anything', async ({ origin, open }) => {
  const lift = origin.rule(/^\/media\/e002\.mp4/, { status: 503 });
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  await stage.call('next');
  const failed = () => origin.requests.some(({ path, status }) => path === '/media/e002.mp4' && status === 503);
  while (!failed()) await stage.settled();
  lift();
  await stage.playing(2, { ms: TOLD_MS });
});

scenario('the card\'s own control tries again', async ({ origin, open }) => {
  const lift = origin.rule(/^\/media\/e002\.mp4/, { status: 500 });
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  await stage.call('next');
  await stage.event('error', ({ code }) => code === 'media-server', { ms: TOLD_MS });
  await stage.untilShows('error');
  await stage.settled();
  lift();
  await stage.page.getByRole('button', { name: /try again|retry/i }).first().tap();
  await stage.playing(2);
  await stage.untilShows('error', false);
});

scenario('a file that breaks off in the middle is told or recovered, and swiping on works', async ({ origin, open }) => {
  origin.rule(/^\/media\/e002\.mp4/, { truncate: 40_000 });
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  await stage.flingTo(2);
  const { detail } = await stage.event('error', () => true, { ms: TOLD_MS });
  assert.match(detail.code, /^media-/);
  await stage.untilShows('error');
  await stage.fling();
  await stage.playing(3);
}, { timeout: 120_000 });

scenario('a server that never answers is told, and swiping on works', async ({ origin, open }) => {
  origin.rule(/^\/media\/e002\.mp4/, { hang: true });
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  await stage.flingTo(2);
  const { detail } = await stage.event('error', () => true, { ms: TOLD_MS });
  assert.equal(detail.type, 'network');
  assert.match(detail.code, /^media-(timeout|unreachable)$/);
  await stage.untilShows('error');
  await stage.fling();
  await stage.playing(3);
}, { timeout: 120_000 });

scenario('an episode that is broken ahead of time says nothing until it is its turn', async ({ origin, open }) => {
  origin.rule(/^\/media\/e002\.mp4/, { status: 404 });
  const stage = await open({ body: feed(origin) });
  await stage.playing(1, { seconds: 1.5 });
  assert.equal(await stage.shows('error'), false);
  assert.equal(await stage.get('error'), null);
});

scenario('media of a wrong type plays: what counts is what is in it', async ({ origin, open }) => {
  origin.rule(/^\/media\/e002\.mp4/, { type: 'application/octet-stream' });
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  await stage.flingTo(2);
  await stage.playing(2, { seconds: 1 });
  assert.deepEqual(await stage.seen('error'), []);
});

scenario('media that has moved is followed', async ({ origin, open }) => {
  origin.rule(/^\/media\/e00[12]\.mp4/, { redirect: ['/media/', '/media/moved/'] });
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  await stage.flingTo(2);
  await stage.playing(2, { seconds: 1 });
  assert.deepEqual(await stage.seen('error'), []);
});

scenario('on a slow server the next episode still comes', async ({ origin, open }) => {
  origin.rule(/^\/media\//, { delay: 700 });
  const stage = await open({ body: feed(origin) });
  await stage.playing(1, { ms: TOLD_MS });
  await stage.flingTo(2);
  await stage.playing(2, { seconds: 0.5, ms: TOLD_MS });
  assert.deepEqual(await stage.seen('error'), []);
});

scenario('offline and back: it is told, and goes on without the viewer doing anything', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  await stage.page.context().setOffline(true);
  const gone = origin.rule(/^\/media\//, { hang: true });
  await stage.call('goTo', 6);
  const { detail } = await stage.event('error', () => true, { ms: TOLD_MS });
  assert.equal(detail.type, 'network');
  await stage.untilShows('error');
  gone();
  await stage.page.context().setOffline(false);
  await stage.playing(6, { ms: TOLD_MS });
  await stage.untilShows('error', false);
}, { timeout: 120_000 });
