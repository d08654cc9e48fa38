import assert from 'node:assert/strict';
import { player, scenario } from './support/scenario.mjs';
import { OFFERS, episode, series } from './support/series.mjs';

const feed = (origin, over = {}, attributes = 'autoplay muted') => player(origin, series({ count: 12, free: 6, offers: OFFERS, ...over }), attributes);
const button = (stage, name) => stage.page.getByRole('button', { name });
const active = (stage) => stage.eval(() => {
  const element = document.querySelector('cliffhanger-player').shadowRoot.activeElement;
  return element?.getAttribute('aria-label') ?? element?.getAttribute('part') ?? element?.className ?? '';
});

scenario('two quick taps are a like with a heart, and the picture does not stop', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  await stage.tap(180, 400);
  await stage.tap(180, 400);
  const { detail, cancelable } = await stage.event('like');
  assert.equal(detail.episode.n, 1);
  assert.equal(detail.liked, true);
  assert.equal(cancelable, true);
  await stage.until(() => document.querySelector('cliffhanger-player').shadowRoot.querySelector('.heart.odd'), { what: 'a heart' });
  assert.deepEqual(await stage.seen('pause'), []);
  assert.equal(await button(stage, 'Like').getAttribute('aria-pressed'), 'true');
  await button(stage, 'Like').tap();
  await stage.until(() => window.seen.filter((event) => event.type === 'like').at(-1).detail.liked === false);
  assert.equal(await button(stage, 'Like').getAttribute('aria-pressed'), 'false');
});

scenario('one tap pauses once no second one follows', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  await stage.tap(180, 400);
  await stage.event('pause');
  assert.deepEqual(await stage.seen('like'), []);
  await stage.tap(180, 400);
  await stage.until(() => !document.querySelector('cliffhanger-player').paused);
});

scenario('a finger that rests on the video doubles the speed until it leaves', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  const rate = () => stage.eval(() => Math.max(...[...document.querySelector('cliffhanger-player').shadowRoot.querySelectorAll('video')].map((video) => video.playbackRate)));
  const finger = await stage.drag({ x: 180, from: 0.5, to: 0.5, steps: 1, ms: 10 });
  await stage.until(() => document.querySelector('cliffhanger-player').shadowRoot.querySelector('.badge').textContent === '2×');
  assert.equal(await rate(), 2);
  await finger.lift();
  await stage.until(() => document.querySelector('cliffhanger-player').shadowRoot.querySelector('.badge').textContent === '');
  assert.equal(await rate(), 1);
  await stage.settled();
  assert.equal(await stage.get('paused'), false, 'letting go is no tap');
});

scenario('the drawer shows every episode with its lock, and goes where it is told', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  await button(stage, 'Episodes').tap();
  await stage.untilShows('drawer');
  assert.equal(await button(stage, /^Episode \d+/).count(), 12);
  assert.equal(await button(stage, /^Episode \d+, locked$/).count(), 6);
  assert.equal(await button(stage, 'Episode 1').first().getAttribute('aria-current'), 'true');
  await button(stage, 'Episode 5').tap();
  await stage.untilShows('drawer', false);
  await stage.playing(5);
  const { detail } = await stage.event('episodechange', (told) => told.episode.n === 5);
  assert.equal(detail.cause, 'button');
});

scenario('a drawer of ten thousand episodes makes only the buttons that can be seen', async ({ origin, open }) => {
  const manifest = series({ count: 2, free: 9999 });
  manifest.episodes = Array.from({ length: 10_000 }, (_, index) => episode(index + 1, { renditions: [{ type: 'mp4', url: '/media/e001.mp4' }] }));
  const stage = await open({ body: player(origin, manifest, 'autoplay muted episode="5000"') });
  await stage.playing(5000);
  await button(stage, 'Episodes').tap();
  await stage.untilShows('drawer');
  await button(stage, 'Episode 5000').waitFor();
  assert.ok(await button(stage, /^Episode \d+/).count() < 300);
  await stage.eval(() => { const body = document.querySelector('cliffhanger-player').shadowRoot.querySelector('.panel .scrolls'); body.scrollTop = body.scrollHeight; });
  await button(stage, 'Episode 10000').waitFor();
});

for (const [how, close] of [
  ['Escape', (stage) => stage.page.keyboard.press('Escape')],
  ['Back', (stage) => stage.page.goBack()],
  ['a tap beside it', (stage) => stage.tap(195, 60)],
  ['its own control', (stage) => button(stage, 'Close').tap()],
  ['a drag downwards', async (stage) => {
    const top = await stage.eval(() => document.querySelector('cliffhanger-player').shadowRoot.querySelector('.grip').getBoundingClientRect().top + 10);
    await stage.fling({ from: top / 844, to: top / 844 + 0.25 });
  }],
]) {
  scenario(`${how} closes the drawer, gives the focus back and leaves the episode as it was`, async ({ origin, open }) => {
    const stage = await open({ body: feed(origin) });
    await stage.playing(1);
    await stage.eval(() => document.querySelector('cliffhanger-player').shadowRoot.querySelector('[aria-label="Episodes"]').focus());
    await button(stage, 'Episodes').tap();
    await stage.untilShows('drawer');
    assert.equal(await active(stage), 'drawer');
    await close(stage);
    await stage.untilShows('drawer', false);
    assert.equal(await active(stage), 'Episodes');
    assert.equal((await stage.get('currentEpisode')).n, 1);
    assert.equal(await stage.get('paused'), false);
  });
}

scenario('Back closes the drawer, then the paywall, and only then leaves the page', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin, {}, 'autoplay muted episode="7"') });
  await stage.untilShows('paywall');
  await stage.page.keyboard.press('Escape');
  await stage.untilShows('paywall', false);
  await button(stage, 'Unlock').tap();
  await stage.untilShows('paywall');
  await stage.page.goBack();
  await stage.untilShows('paywall', false);
  assert.equal((await stage.get('currentEpisode')).n, 7);
});

scenario('speed, captions and the rest are chosen in the menu and remembered', async ({ origin, open }) => {
  const manifest = series({ count: 4, free: 2, offers: OFFERS });
  for (const [at, entry] of manifest.episodes.entries()) {
    entry.captions = [{ lang: 'en', label: 'English', url: `/captions/${at + 1}.en.vtt` }, { lang: 'es', label: 'Español', url: `/captions/${at + 1}.es.vtt` }];
    for (const lang of ['en', 'es']) origin.put(`/captions/${at + 1}.${lang}.vtt`, `WEBVTT\n\n00:00.000 --> 01:00.000\n${lang} ${at + 1}\n`);
  }
  const stage = await open({ body: player(origin, manifest) });
  await stage.playing(1);
  assert.deepEqual(origin.paths(/captions/), [], 'nobody asked for captions');
  await button(stage, 'More').tap();
  await stage.untilShows('menu');
  await button(stage, '1.5×').tap();
  await button(stage, 'Español').tap();
  await stage.until(() => document.querySelector('cliffhanger-player').playbackRate === 1.5);
  await stage.until(() => [...document.querySelector('cliffhanger-player').shadowRoot.querySelectorAll('video')]
    .some((video) => video.textTracks[0]?.mode === 'showing' && video.textTracks[0].activeCues?.[0]?.text === 'es 1'), { what: 'the captions are shown' });
  await button(stage, 'Next episode by itself').tap();
  await stage.page.keyboard.press('Escape');
  await stage.untilShows('menu', false);
  await stage.page.reload();
  await stage.playing(1);
  assert.equal(await stage.get('playbackRate'), 1.5);
  await stage.until(() => [...document.querySelector('cliffhanger-player').shadowRoot.querySelectorAll('video')].some((video) => video.textTracks[0]?.mode === 'showing'));
  await button(stage, 'More').tap();
  assert.equal(await button(stage, 'Next episode by itself').getAttribute('aria-pressed'), 'false');
  await stage.page.keyboard.press('Escape');
  await stage.call('goTo', 3);
  await stage.untilShows('paywall');
  await stage.settled();
  assert.deepEqual(origin.paths(/captions\/[34]/), [], 'no captions of a locked episode are asked for');
});

scenario('sharing copies a link where the browser cannot share, and says so', async ({ origin, open }) => {
  const stage = await open({
    body: feed(origin),
    head: `<script>
      Object.defineProperty(navigator, 'share', { value: undefined });
      Object.defineProperty(navigator, 'clipboard', { value: { writeText: (text) => { window.copied = text; return Promise.resolve(); } } });
    </script>`,
  });
  await stage.playing(1);
  await button(stage, 'Share').tap();
  const { detail, cancelable } = await stage.event('share');
  assert.equal(detail.episode.n, 1);
  assert.equal(cancelable, true);
  await stage.page.getByText('Link copied').waitFor();
  assert.match(await stage.eval(() => window.copied), /#e=1$/);
});

scenario('the question mark shows the keys, and they are the panel\'s while it is open', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin), desktop: true });
  await stage.playing(1);
  await stage.page.keyboard.press('?');
  await stage.untilShows('menu');
  assert.match(await stage.text('menu'), /play and pause/);
  await stage.page.keyboard.press('ArrowDown');
  await stage.page.keyboard.press('Escape');
  await stage.untilShows('menu', false);
  assert.equal((await stage.get('currentEpisode')).n, 1);
});

scenario('after the end the viewer is shown what else there is', async ({ origin, open }) => {
  const stage = await open({
    body: feed(origin, { count: 2, related: [{ id: 'other', title: 'Other Series', href: '/other.html', poster: { url: '/media/e002.jpg' } }, { id: 'bad', title: 'Bad', href: 'javascript:alert(1)' }] }, 'autoplay muted episode="2"'),
  });
  await stage.playing(2);
  await stage.eval(() => { const p = document.querySelector('cliffhanger-player'); p.currentTime = p.duration - 0.4; });
  await stage.untilShows('end');
  const links = stage.page.getByRole('link');
  assert.equal(await links.count(), 1);
  assert.match(await links.first().getAttribute('href'), /\/other\.html$/);
});

scenario('what the viewer asks for before the second wasm has come opens when it comes', async ({ origin, open }) => {
  let come;
  origin.rule(/cliffhanger-later\.wasm$/, { gate: new Promise((resolve) => { come = resolve; }) });
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  await button(stage, 'Episodes').tap();
  await stage.flingTo(2);
  assert.deepEqual(await stage.seen('error'), []);
  come();
  await stage.untilShows('drawer');
  assert.equal(origin.paths(/cliffhanger-later\.wasm$/).length, 1);
});

scenario('without the second wasm the feed goes on, a control that needs it says so, and the next try finds it', async ({ origin, open }) => {
  const there = origin.rule(/cliffhanger-later\.wasm$/, { status: 404 });
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  await button(stage, 'More').tap();
  await stage.until(() => document.querySelector('cliffhanger-player').shadowRoot.querySelector('.toast.shown')?.textContent.includes('could not be loaded'));
  await stage.flingTo(2);
  await stage.playing(2);
  assert.deepEqual(await stage.seen('error'), []);
  there();
  await button(stage, 'More').tap();
  await stage.untilShows('menu');
});
