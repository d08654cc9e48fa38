import assert from 'node:assert/strict';
import { player, scenario } from './support/scenario.mjs';
import { OFFERS, series } from './support/series.mjs';

const wall = (origin, attributes, over = {}) => player(origin, series({ count: 12, free: 3, offers: OFFERS, ...over }), `autoplay muted ${attributes}`);

/** No URL of an episode from `first` on may be in anything the page can get. */
async function assertNothingLeaks(stage, origin, first) {
  const told = await stage.eval(() => {
    const element = document.querySelector('cliffhanger-player');
    const { series, episodes, currentEpisode, paywall, stats, error } = element;
    return JSON.stringify([series, episodes, currentEpisode, paywall, stats, error, window.seen]);
  });
  const named = [...told.matchAll(/e(\d+)\.mp4/g)].map((match) => Number(match[1]));
  assert.deepEqual(named.filter((n) => n >= first), [], 'no property and no event names media of a locked episode');
  assert.deepEqual(origin.episodesAsked().filter((n) => n >= first), [], 'no media of a locked episode was asked for');
  for (const video of await stage.videos()) {
    const n = Number(/e(\d+)\.mp4/.exec(video.currentSrc)?.[1] ?? 0);
    assert.ok(n < first, `a video has had the source ${video.currentSrc}`);
  }
}

scenario('free-episodes="0" locks the first episode', async ({ origin, open }) => {
  const stage = await open({ body: wall(origin, 'free-episodes="0"') });
  const { detail, cancelable } = await stage.event('paywallopen');
  assert.equal(detail.episode.n, 1);
  assert.equal(detail.reason, 'beyond-free');
  assert.equal(cancelable, true);
  assert.equal(await stage.get('access'), 'locked');
  await stage.untilShows('paywall');
  await stage.fling();
  await stage.settled();
  await assertNothingLeaks(stage, origin, 1);
});

for (const free of [1, 5]) {
  scenario(`free-episodes="${free}" puts the wall before episode ${free + 1}`, async ({ origin, open }) => {
    const stage = await open({ body: wall(origin, `free-episodes="${free}"`) });
    await stage.playing(1);
    for (let n = 2; n <= free + 1; n += 1) {
      assert.deepEqual(await stage.seen('paywallopen'), []);
      await stage.flingTo(n);
    }
    const { detail } = await stage.event('paywallopen');
    assert.equal(detail.episode.n, free + 1);
    assert.deepEqual(detail.offers.map((offer) => offer.id), Object.keys(OFFERS));
    assert.equal(await stage.get('access'), 'locked');
    assert.equal((await stage.get('paywall')).episode.n, free + 1);
    assert.equal((await stage.videos()).some((video) => !video.paused), false, 'nothing plays behind the sheet');
    await assertNothingLeaks(stage, origin, free + 1);
  });
}

scenario('free-episodes="999" has no wall in a series of twelve', async ({ origin, open }) => {
  const stage = await open({ body: wall(origin, 'free-episodes="999"') });
  await stage.playing(1);
  assert.equal(await stage.call('goTo', 12), true);
  await stage.playing(12);
  assert.deepEqual(await stage.seen('paywallopen'), []);
});

scenario('free-episodes="many" warns once, and the manifest decides', async ({ origin, open }) => {
  const stage = await open({ body: wall(origin, 'free-episodes="many"') });
  await stage.playing(1);
  await stage.call('goTo', 4);
  const { detail } = await stage.event('paywallopen');
  assert.equal(detail.episode.n, 4);
  const warnings = stage.console.filter((line) => line.startsWith('warning') && line.includes('free-episodes'));
  assert.equal(warnings.length, 1, warnings.join('\n'));
});

scenario('moving the wall while the page runs takes effect at once', async ({ origin, open }) => {
  const stage = await open({ body: wall(origin, 'free-episodes="2"') });
  await stage.playing(1);
  await stage.call('goTo', 3);
  await stage.event('paywallopen');
  await stage.eval(() => document.querySelector('cliffhanger-player').setAttribute('free-episodes', '3'));
  await stage.playing(3);
  await stage.eval(() => document.querySelector('cliffhanger-player').setAttribute('free-episodes', '1'));
  await stage.until(() => document.querySelector('cliffhanger-player').access === 'locked');
  await stage.until(() => document.querySelector('cliffhanger-player').paused);
});

scenario('the sheet says which episode it is, what it costs in money, and what the rest costs', async ({ origin, open }) => {
  const stage = await open({ body: wall(origin, 'episode="4"') });
  await stage.untilShows('paywall');
  const text = await stage.text('paywall');
  assert.match(text, /4/);
  assert.match(text, /30/);
  assert.match(text, /€\s?0[.,]30|0[.,]30\s?€/, 'the coin price has its price in money beside it');
  assert.match(text, /9[.,]99/);
});

scenario('swiping back from the wall always works and closes the sheet', async ({ origin, open }) => {
  const stage = await open({ body: wall(origin, '') });
  await stage.playing(1);
  await stage.call('goTo', 4);
  await stage.untilShows('paywall');
  await stage.settled();
  await stage.fling({ from: 0.25, to: 0.8 });
  await stage.playing(3);
  const { detail } = await stage.event('paywallclose');
  assert.equal(detail.outcome, 'dismissed');
  assert.equal(detail.episode.n, 4);
  assert.equal(await stage.get('paywall'), null);
  await stage.fling();
  await stage.until(() => window.seen.filter((event) => event.type === 'paywallopen').length === 2, { what: 'the wall is there again' });
});

scenario('the sheet can be dismissed by Escape, by its own control and by the page', async ({ origin, open }) => {
  const stage = await open({ body: wall(origin, 'episode="4"'), desktop: true });
  await stage.untilShows('paywall');
  await stage.page.keyboard.press('Escape');
  await stage.event('paywallclose');
  await stage.untilShows('paywall', false);
  await stage.call('goTo', 3);
  await stage.playing(3);
  await stage.call('next');
  await stage.untilShows('paywall');
  await stage.call('dismissPaywall');
  await stage.untilShows('paywall', false);
  assert.equal(await stage.get('paywall'), null);
  assert.deepEqual((await stage.seen('paywallclose')).map(({ detail }) => detail.outcome), ['dismissed', 'dismissed']);
});

scenario('twenty flicks against the wall load nothing', async ({ origin, open }) => {
  const stage = await open({ body: wall(origin, '') });
  await stage.playing(1);
  await stage.call('goTo', 3);
  await stage.playing(3);
  await stage.settled();
  await stage.flingTo(4);
  await stage.untilShows('paywall');
  for (let count = 0; count < 20; count += 1) await stage.fling();
  await stage.settled();
  assert.ok((await stage.get('currentEpisode')).n >= 4);
  assert.equal(await stage.get('access'), 'locked');
  await assertNothingLeaks(stage, origin, 4);
});

scenario('the end of the last free episode leads to the wall and buys nothing', async ({ origin, open }) => {
  const stage = await open({
    body: wall(origin, 'episode="3"'),
    head: '<script>document.addEventListener("unlockrequest", (event) => event.respondWith(Promise.resolve(true)), true);</script>',
  });
  await stage.playing(3);
  await stage.eval(() => { const p = document.querySelector('cliffhanger-player'); p.currentTime = p.duration - 0.4; });
  const { detail } = await stage.event('paywallopen');
  assert.equal(detail.episode.n, 4);
  await stage.settled();
  assert.deepEqual(await stage.seen('unlockrequest'), []);
  await assertNothingLeaks(stage, origin, 4);
});

scenario('a page that draws its own sheet gets no sheet from the player', async ({ origin, open }) => {
  const stage = await open({
    body: wall(origin, 'episode="4"'),
    head: '<script>document.addEventListener("paywallopen", (event) => event.preventDefault(), true);</script>',
  });
  await stage.event('paywallopen');
  await stage.settled();
  assert.equal(await stage.shows('paywall'), false);
  assert.equal(await stage.get('access'), 'locked');
  assert.equal(await stage.eval(() => document.querySelector('cliffhanger-player').matches(':state(locked)')), true);
  await assertNothingLeaks(stage, origin, 4);
});
