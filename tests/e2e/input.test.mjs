import assert from 'node:assert/strict';
import { player, scenario } from './support/scenario.mjs';
import { episode, series } from './support/series.mjs';

/** What the origin serves as the manifest, and what the player must say about it. */
const FATAL = [
  ['is not JSON', '<!doctype html><title>Oops</title>', 'manifest', 'manifest-not-json'],
  ['is empty', '', 'manifest', 'manifest-not-json'],
  ['is of another version', () => ({ ...series(), cliffhanger: '2' }), 'manifest', 'manifest-version'],
  ['names no version', () => ({ episodes: [] }), 'manifest', 'manifest-version'],
  ['is a list', '[]', 'manifest', /^manifest-(shape|version)$/],
  ['has no episodes', () => ({ ...series(), episodes: [] }), 'manifest', 'manifest-no-episodes'],
  ['has episodes that are not a list', () => ({ ...series(), episodes: 'all of them' }), 'manifest', 'manifest-shape'],
  ['has 100,000 episodes', () => ({ ...series(), episodes: Array.from({ length: 100_000 }, (_, index) => ({ id: `e${index + 1}`, n: index + 1, renditions: [{ type: 'mp4', url: `/media/e${index + 1}.mp4` }] })) }), 'manifest', 'manifest-too-many-episodes'],
  ['is nested 10,000 levels deep', () => JSON.stringify(series()).replace('{', `{"x":${'['.repeat(10_000)}${']'.repeat(10_000)},`), 'manifest', 'manifest-too-deep'],
];

for (const [what, body, type, code] of FATAL) {
  scenario(`a manifest that ${what} is told to the page and to the viewer`, async ({ origin, open }) => {
    const stage = await open({ body: player(origin, typeof body === 'function' ? body() : body) });
    const { detail } = await stage.event('error');
    assert.equal(detail.type, type);
    assert.match(detail.code, code instanceof RegExp ? code : new RegExp(`^${code}$`));
    assert.equal(detail.fatal, true);
    assert.ok(detail.message.length > 10, 'the message says what is wrong');
    await stage.untilShows('error');
    assert.equal((await stage.get('error')).code, detail.code);
    // Its first episode is in order and free: the head of that may have been asked for before anybody looked at the rest.
    assert.deepEqual(origin.episodesAsked().filter((n) => n !== 1 || what !== 'is nested 10,000 levels deep'), []);
  });
}

for (const status of [404, 500, 403]) {
  scenario(`a manifest answered with ${status} is a network error with a card`, async ({ origin, open }) => {
    origin.rule(/^\/series\.json/, { status });
    const stage = await open({ body: player(origin, series()) });
    const { detail } = await stage.event('error');
    assert.equal(detail.type, 'network');
    assert.equal(detail.code, 'manifest-status');
    assert.match(detail.message, new RegExp(String(status)));
    await stage.untilShows('error');
  });
}

scenario('a second episode with a taken id is left out, the rest plays', async ({ origin, open }) => {
  const manifest = series({ count: 3, free: 9 });
  manifest.episodes.push(episode(4, { id: 'e002' }));
  const stage = await open({ body: player(origin, manifest) });
  await stage.playing(1);
  const { detail } = await stage.event('error');
  assert.equal(detail.code, 'manifest-duplicate-id');
  assert.equal(detail.fatal, false);
  assert.match(detail.message, /e002/);
  assert.deepEqual((await stage.get('episodes')).map(({ id }) => id), ['e001', 'e002', 'e003']);
});

scenario('a javascript: URL is named, never requested and never followed', async ({ origin, open }) => {
  const manifest = series({ count: 3, free: 9 });
  manifest.episodes[1].renditions[0].url = "javascript:document.title='owned'";
  manifest.episodes[1].poster.url = "javascript:document.title='owned'";
  const stage = await open({ body: player(origin, manifest) });
  await stage.playing(1);
  const { detail } = await stage.event('error', (told) => told.code === 'manifest-bad-url');
  assert.equal(detail.type, 'manifest');
  assert.match(detail.message, /episodes.{0,3}1.*(renditions|poster)/, 'the message names the path');
  const where = stage.page.url();
  await stage.call('goTo', 2);
  await stage.call('goTo', 3);
  await stage.playing(3);
  assert.equal(stage.page.url(), where);
  assert.equal(await stage.page.title(), 'test');
  assert.equal(origin.paths(/javascript/).length, 0);
});

scenario('markup in a title is text', async ({ origin, open }) => {
  const manifest = series({ count: 2, free: 9 });
  manifest.series.title = '<img src=/owned.png onerror="document.title=\'owned\'"><b>Bold</b>';
  manifest.episodes[0].title = '<script>document.title="owned"</script>&amp;';
  const stage = await open({ body: player(origin, manifest) });
  await stage.playing(1);
  assert.equal(await stage.page.title(), 'test');
  assert.equal((await stage.get('currentEpisode')).title, '<script>document.title="owned"</script>&amp;');
  assert.equal(origin.paths(/owned/).length, 0);
  assert.equal(await stage.eval(() => document.querySelector('cliffhanger-player').shadowRoot.querySelectorAll('b, img[src*="owned"], script').length), 0);
});

scenario('numbers beyond all measure are refused or put right, never a crash', async ({ origin, open }) => {
  const manifest = series({ count: 3, free: 9 });
  const body = JSON.stringify(manifest).replace(/"durationMs":\d+/, '"durationMs":1e308');
  const stage = await open({ body: player(origin, body) });
  await stage.until(() => window.seen.some((event) => ['ready', 'error'].includes(event.type)));
  assert.deepEqual(stage.pageErrors, []);
});

scenario('a manifest in the page itself needs no request', async ({ origin, open }) => {
  const stage = await open({
    body: `<cliffhanger-player autoplay muted><script type="application/json">${JSON.stringify(series({ count: 3 }))}</script></cliffhanger-player>`,
  });
  await stage.playing(1);
  assert.deepEqual(origin.paths(/series\.json/), []);
});
