// Long sessions: what stays behind after many swipes, many players, many series.
import assert from 'node:assert/strict';
import { player, scenario } from './support/scenario.mjs';
import { OFFERS, series } from './support/series.mjs';

/** What the page keeps once its garbage has gone. */
async function kept(stage) {
  await stage.cdp.send('Performance.enable');
  for (let round = 0; round < 3; round += 1) {
    await stage.cdp.send('HeapProfiler.collectGarbage');
    await stage.eval(() => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); }));
  }
  const { metrics } = await stage.cdp.send('Performance.getMetrics');
  const metric = (name) => metrics.find((each) => each.name === name).value;
  return { heap: metric('JSHeapUsedSize'), nodes: metric('Nodes'), listeners: metric('JSEventListeners'), documents: metric('Documents') };
}

/** Half a mebibyte is a kilobyte a swipe, of which the test's own questions are a few bytes; nodes and listeners of what is being drawn come and go by a few. */
function assertNoGrowth(early, late) {
  const told = JSON.stringify({ early, late });
  assert.ok(late.nodes <= early.nodes + 40, `nodes: ${told}`);
  assert.ok(late.listeners <= early.listeners + 20, `listeners: ${told}`);
  assert.ok(late.heap <= early.heap + 512 * 1024, `heap: ${told}`);
}

scenario('five hundred swipes with the drawer and the paywall in between leave nothing behind', async ({ origin, open, t }) => {
  // Recording every event would be a leak of the test's own.
  const stage = await open({ body: player(origin, series({ count: 12, free: 8, offers: OFFERS }), 'autoplay muted no-auto-advance'), record: false });
  await stage.playing(1);
  const here = async () => (await stage.get('currentEpisode')).n;
  let early;
  let down = true;
  for (let swipe = 1; swipe <= 500; swipe += 1) {
    const n = await here();
    if (n >= 9) down = false;
    if (n <= 1) down = true;
    await stage.flingTo(down ? n + 1 : n - 1, down ? {} : { from: 0.25, to: 0.8 });
    // Beyond the wall the sheet lies where the button is.
    if (n === 4 && down) {
      await stage.page.getByRole('button', { name: 'Episodes', exact: true }).tap();
      await stage.untilShows('drawer');
      await stage.page.keyboard.press('Escape');
      await stage.untilShows('drawer', false);
    }
    if (swipe === 50) early = await kept(stage);
  }
  const late = await kept(stage);
  t.diagnostic(`after 50: ${JSON.stringify(early)}, after 500: ${JSON.stringify(late)}`);
  assertNoGrowth(early, late);
  assert.equal((await stage.videos()).length, 3);
}, { timeout: 900_000 });

scenario('twenty players made and destroyed leave nothing behind', async ({ origin, open, t }) => {
  origin.put('/series.json', series({ count: 6, free: 6 }));
  const stage = await open({ body: '<main></main>', record: false });
  await stage.until(() => customElements.get('cliffhanger-player') && document.querySelector('main'));
  const turn = () => stage.eval(async () => {
    const player = document.createElement('cliffhanger-player');
    player.setAttribute('src', '/series.json');
    player.setAttribute('autoplay', '');
    player.setAttribute('muted', '');
    document.querySelector('main').append(player);
    await new Promise((resolve) => { player.addEventListener('firstframe', resolve, { once: true }); });
    player.remove();
    player.destroy();
  });
  // A player that was taken out may be put back for five seconds; then it is let go.
  const rested = async () => {
    const end = performance.now() + 15_000;
    for (;;) {
      const left = await kept(stage);
      if (left.nodes < 100 || performance.now() > end) return left;
    }
  };
  for (let round = 0; round < 3; round += 1) await turn();
  const early = await rested();
  for (let round = 0; round < 20; round += 1) await turn();
  const late = await rested();
  t.diagnostic(JSON.stringify({ early, late }));
  assertNoGrowth(early, late);
}, { timeout: 180_000 });

scenario('a hundred changes of src leave one series and nothing of the others', async ({ origin, open, t }) => {
  for (let n = 0; n < 5; n += 1) origin.put(`/series-${n}.json`, series({ count: 4 + n, free: 9, series: { id: `series-${n}`, title: `Series ${n}`, lang: 'en' } }));
  const stage = await open({ body: player(origin, series({ count: 3, free: 9 })), record: false });
  await stage.playing(1);
  const turns = (from, to) => stage.eval(async (first, last) => {
    const element = document.querySelector('cliffhanger-player');
    for (let turn = first; turn < last; turn += 1) {
      const ready = new Promise((resolve) => { element.addEventListener('ready', resolve, { once: true }); });
      element.src = `/series-${turn % 5}.json`;
      // Every third is left before it has come.
      if (turn % 3 !== 0) await ready;
    }
  }, from, to);
  await turns(0, 20);
  await stage.playing(1);
  const early = await kept(stage);
  await turns(20, 100);
  await stage.until(() => document.querySelector('cliffhanger-player').episodes.length === 8, { what: 'the last series is the one that is shown' });
  await stage.playing(1);
  const late = await kept(stage);
  t.diagnostic(JSON.stringify({ early, late }));
  assertNoGrowth(early, late);
}, { timeout: 180_000 });
