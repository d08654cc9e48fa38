import assert from 'node:assert/strict';
import { player, scenario } from './support/scenario.mjs';
import { series } from './support/series.mjs';

const feed = (origin, attributes = '') => player(origin, series({ count: 6, free: 9 }), `autoplay muted no-auto-advance ${attributes}`);

/** Media that fails is told or recovered within this time. */
const TOLD_MS = 40_000;

const MEDIA = [
  ['does not exist', { status: 404 }, 'network', 'media-not-found'],
  ['is gone', { status: 410 }, 'network', 'media-not-found'],
  ['is refused', { status: 403 }, 'network', 'media-forbidden'],
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
