import assert from 'node:assert/strict';
import { player, scenario } from './support/scenario.mjs';
import { OFFERS, series } from './support/series.mjs';

const feed = (origin, more = {}, attributes = 'autoplay muted', free = 6) => {
  const manifest = series({ count: 12, free, offers: OFFERS });
  manifest.episodes.slice(0, free).forEach((episode) => Object.assign(episode, typeof more === 'function' ? more(episode) : more));
  return player(origin, manifest, attributes);
};
const root = 'document.querySelector("cliffhanger-player").shadowRoot';
const menu = async (stage) => {
  await stage.page.getByRole('button', { name: 'More', exact: true }).tap();
  await stage.untilShows('menu');
};
const until = (stage, expression, what) => stage.until(`() => ${expression}`, { what: what ?? expression });

scenario('the system hears what plays and its buttons work', async ({ origin, open }) => {
  const stage = await open({
    body: feed(origin),
    head: `<script>
      window.handlers = {};
      navigator.mediaSession.setActionHandler = (name, handler) => { window.handlers[name] = handler; };
    </script>`,
  });
  await stage.playing(1);
  await until(stage, 'navigator.mediaSession.metadata?.title === "Episode 1" && navigator.mediaSession.metadata.artist === "Test Series"');
  assert.match(await stage.eval(() => navigator.mediaSession.metadata.artwork[0].src), /e001\.jpg$/);
  await until(stage, 'navigator.mediaSession.playbackState === "playing"');
  await stage.eval(() => window.handlers.pause());
  await until(stage, 'navigator.mediaSession.playbackState === "paused"');
  await stage.eval(() => window.handlers.play());
  await stage.eval(() => window.handlers.seekto({ seekTime: 3 }));
  await until(stage, 'document.querySelector("cliffhanger-player").currentTime >= 3');
  await stage.eval(() => window.handlers.nexttrack());
  await stage.playing(2);
  await until(stage, 'navigator.mediaSession.metadata.title === "Episode 2"');
});

scenario('the screen stays on while it plays, and a browser that refuses costs nothing', async ({ origin, open }) => {
  const head = (request) => `<script>
    window.locks = 0;
    Object.defineProperty(navigator, 'wakeLock', { value: { request: ${request} } });
  </script>`;
  const stage = await open({ body: feed(origin), head: head('() => { window.locks += 1; return Promise.resolve({ release() { window.locks -= 1; } }); }') });
  await stage.playing(1);
  await until(stage, 'window.locks === 1');
  await stage.call('pause');
  await until(stage, 'window.locks === 0');
  const refused = await open({ body: feed(origin), head: head('() => Promise.reject(new DOMException("no", "NotAllowedError"))') });
  await refused.playing(1);
  await refused.call('next');
  await refused.playing(2);
});

scenario('full screen is offered where it is allowed, and the key F leads in and out', async ({ origin, open }) => {
  // The document has its element a moment before it says so, and until then the key would lead in once more.
  const head = '<script>document.addEventListener("fullscreenchange", () => { window.changed = true; });</script>';
  const stage = await open({ body: feed(origin), desktop: true, head });
  await stage.playing(1);
  await until(stage, `${root}.querySelector("[role=feed]").hasAttribute("aria-label")`);
  await stage.page.keyboard.press('f');
  await until(stage, 'window.changed && document.fullscreenElement?.localName === "cliffhanger-player"');
  await stage.page.keyboard.press('f');
  await until(stage, 'document.fullscreenElement === null');
});

scenario('where full screen is not allowed it is not offered, and the key says so', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin), desktop: true, head: '<script>for (const name of ["fullscreenEnabled", "webkitFullscreenEnabled"]) Object.defineProperty(document, name, { value: false }); delete HTMLVideoElement.prototype.webkitEnterFullscreen;</script>' });
  await stage.playing(1);
  await until(stage, `${root}.querySelector("[role=feed]").hasAttribute("aria-label")`);
  await stage.page.keyboard.press('f');
  await stage.page.getByText('Full screen is not possible here').waitFor();
  await stage.page.getByRole('button', { name: 'More', exact: true }).click();
  await stage.untilShows('menu');
  assert.equal(await stage.page.getByRole('button', { name: 'Full screen' }).count(), 0);
});

scenario('the picture floats when the viewer asks for it, and a refusal is said', async ({ origin, open }) => {
  const head = (body) => `<script>
    Object.defineProperty(document, 'pictureInPictureEnabled', { value: true });
    HTMLVideoElement.prototype.requestPictureInPicture = function () { window.floating = this; ${body} };
  </script>`;
  const stage = await open({ body: feed(origin), head: head('return Promise.resolve({});') });
  await stage.playing(1);
  await menu(stage);
  await stage.page.getByRole('button', { name: 'Picture in picture' }).tap();
  await until(stage, 'window.floating && !window.floating.paused');
  await stage.untilShows('menu', false);
  const refused = await open({ body: feed(origin), head: head('return Promise.reject(new DOMException("no", "NotAllowedError"));') });
  await refused.playing(1);
  await menu(refused);
  await refused.page.getByRole('button', { name: 'Picture in picture' }).tap();
  await refused.page.getByText('Picture in picture is not possible here').waitFor();
});

scenario('another quality goes on where the episode was, and is remembered', async ({ origin, open }) => {
  const qualities = (episode) => ({ renditions: [{ ...episode.renditions[0], height: 720 }, { type: 'mp4', url: `${episode.renditions[0].url}?low`, height: 480 }] });
  const stage = await open({ body: feed(origin, qualities) });
  await stage.playing(1, { seconds: 1 });
  assert.deepEqual(origin.paths(/low/), []);
  await menu(stage);
  const before = await stage.get('currentTime');
  await stage.page.getByRole('button', { name: '480p' }).tap();
  for (const end = Date.now() + 10_000; !origin.paths(/e001.mp4\?low/).length && Date.now() < end;) await stage.get('currentTime');
  assert.ok(origin.paths(/e001.mp4\?low/).length > 0);
  await until(stage, `document.querySelector("cliffhanger-player").currentTime > ${before} && !document.querySelector("cliffhanger-player").paused`);
  origin.requests.length = 0;
  await stage.page.reload();
  await stage.playing(1);
  await stage.call('next');
  await stage.playing(2);
  assert.ok(origin.paths(/e002.mp4\?low/).length > 0);
  assert.deepEqual(origin.paths(/e002.mp4$/), []);
});

scenario('whoever comes back is told where it goes on, and may start over', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin), head: "<script>localStorage.setItem('cliffhanger:test-series', 'e002 6')</script>" });
  await stage.playing(2, { seconds: 6 });
  await stage.page.getByText('Resumed at 0:06').waitFor();
  await stage.page.getByRole('button', { name: 'Start over' }).tap();
  await until(stage, 'document.querySelector("cliffhanger-player").currentTime < 3');
  await until(stage, `!${root}.querySelector(".resumed.shown")`);
});

scenario('controls fade while nobody stirs, and come back at a touch', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  await until(stage, `${root}.querySelector(".calm")`, 'the controls fade');
  await stage.tap(180, 300);
  await until(stage, `!${root}.querySelector(".calm")`, 'the controls are back');
});

scenario('a swipe runs no transition of the controls, and the system is told whether it plays only when that changes', async ({ origin, open }) => {
  const stage = await open({
    body: feed(origin),
    head: `<script>
      window.told = [];
      const { get, set } = Object.getOwnPropertyDescriptor(MediaSession.prototype, 'playbackState');
      Object.defineProperty(MediaSession.prototype, 'playbackState', { get, set(state) { window.told.push(state); set.call(this, state); } });
    </script>`,
  });
  await stage.playing(1);
  await until(stage, `${root}.querySelector(".calm") && ${root}.getAnimations().length === 0`, 'the controls have faded');
  const finger = await stage.drag({ to: 0.6 });
  await until(stage, `!${root}.querySelector(".calm")`);
  assert.equal(await stage.eval(() => document.querySelector('cliffhanger-player').shadowRoot.getAnimations().length), 0);
  for (const share of [0.4, 0.2]) await finger.move(share);
  await finger.lift();
  await stage.playing(2, { seconds: 1 });
  assert.deepEqual(await stage.eval(() => window.told), ['playing']);
});

scenario('under the finger the bar grows and shows time, chapter and the picture of the storyboard', async ({ origin, open }) => {
  origin.put('/board.vtt', 'WEBVTT\n\n00:00.000 --> 00:04.000\n/media/e001.jpg\n\n00:04.000 --> 10:00.000\n/media/e002.jpg#xywh=0,0,90,160\n');
  const stage = await open({ body: feed(origin, { storyboard: '/board.vtt', cues: [{ id: 'a', kind: 'chapter', atMs: 0, label: 'The door' }, { id: 'b', kind: 'chapter', atMs: 3000, label: 'The river' }] }), desktop: true });
  await stage.playing(1);
  await until(stage, `${root}.querySelectorAll(".ticks i").length === 1`);
  assert.deepEqual(origin.paths(/board/), [], 'nobody has asked for it');
  const box = await stage.page.locator('[part~="progress"]').boundingBox();
  await stage.page.mouse.move(box.x + 30, box.y + box.height / 2);
  await stage.page.mouse.down();
  await stage.page.mouse.move(box.x + box.width * 0.7, box.y + box.height / 2, { steps: 5 });
  await until(stage, `${root}.querySelector(".frame.shown img")?.src.endsWith("e002.jpg")`);
  assert.match(await stage.text('time'), /^\d:\d\d \/ \d:\d\d$/);
  assert.equal(await stage.eval(() => document.querySelector('cliffhanger-player').shadowRoot.querySelector('.bubble .part').textContent), 'The river');
  await stage.page.mouse.up();
  await until(stage, `!${root}.querySelector(".scrubbing")`);
  assert.equal(origin.paths(/board/).length, 1);
});

scenario('the drawer shows how far each episode was seen, also the next time', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin) });
  await stage.playing(1);
  await stage.eval(() => { const p = document.querySelector('cliffhanger-player'); p.currentTime = p.duration - 0.4; });
  await stage.playing(2);
  await stage.eval(() => { const p = document.querySelector('cliffhanger-player'); p.currentTime = p.duration / 2; });
  await stage.until(() => /2:[45]\d/.test(localStorage.getItem('cliffhanger:test-series#seen')), { what: 'it is remembered' });
  await stage.page.reload();
  await stage.playing(2);
  await stage.page.getByRole('button', { name: 'Episodes', exact: true }).tap();
  await stage.untilShows('drawer');
  await stage.page.getByRole('button', { name: 'Episode 1, watched' }).waitFor();
  await stage.page.getByRole('button', { name: /^Episode 2, [4-6]\d% watched$/ }).waitFor();
});

const COAT = { id: 'coat', kind: 'product', atMs: 0, untilMs: 600_000, label: 'Wool coat', href: 'https://shop.example/coat', price: { amount: 12900, currency: 'EUR' }, disclosure: 'affiliate', box: [0.1, 0.2, 0.6, 0.2] };

scenario('a product is shown in its box with its price and what must be said beside it', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin, { cues: [COAT] }) });
  await stage.playing(1);
  const { detail, cancelable } = await stage.event('cue');
  assert.deepEqual([detail.episode.n, detail.cue.id, cancelable], [1, 'coat', true]);
  const link = stage.page.getByRole('link', { name: /Wool coat/ });
  assert.match(await link.innerText(), /Wool coat\s+€129.00\s+Affiliate link/);
  assert.equal(await link.getAttribute('rel'), 'noopener');
  const box = await stage.page.locator('.cue').boundingBox();
  assert.ok(box.x >= 38 && box.x + box.width <= 390 * 0.7 + 1 && box.y >= 844 * 0.2 - 1 && box.y + box.height <= 844 * 0.4 + 1, JSON.stringify(box));
  await stage.page.locator('.cue').getByRole('button', { name: 'Close' }).tap();
  await until(stage, `!${root}.querySelector(".cue")`);
  await stage.call('goTo', 7);
  await stage.untilShows('paywall');
  assert.equal(await stage.page.locator('.cue').count(), 0, 'never over the paywall');
});

scenario('a host that prevents the cue event shows the product itself', async ({ origin, open }) => {
  const stage = await open({ body: feed(origin, { cues: [COAT] }), head: "<script>document.addEventListener('cue', (event) => event.preventDefault(), true)</script>" });
  await stage.playing(1);
  await stage.event('cue');
  await stage.playing(1, { seconds: 1 });
  assert.equal(await stage.page.locator('.cue').count(), 0);
});

for (const [which, children] of [['a pooled', ''], ["the page's own", '<video src="/media/e001.mp4" muted autoplay playsinline></video>']]) {
  scenario(`a long caption wraps beside the action rail and above the title on ${which} video`, async ({ origin, open }) => {
    origin.put('/long.vtt', 'WEBVTT\n\n00:00.000 --> 10:00.000\nYou said you would be here when the lights came back on, and that nobody would ever ask why.\n');
    const manifest = series({ count: 3, free: 3 });
    manifest.episodes[0].captions = [{ lang: 'en', label: 'English', url: '/long.vtt', default: true }];
    const stage = await open({ body: player(origin, manifest, 'autoplay muted', children) });
    await stage.playing(1);
    await stage.until(() => [...document.querySelectorAll('video'), ...document.querySelector('cliffhanger-player').shadowRoot.querySelectorAll('video')].some((video) => video.textTracks[0]?.activeCues?.length && video.textTracks[0].activeCues[0].size < 100), { what: 'the caption is placed' });
    await stage.cdp.send('DOM.enable');
    // The caption's box is in the browser's own shadow tree.
    const boxes = async () => {
      const { nodes } = await stage.cdp.send('DOM.getFlattenedDocument', { depth: -1, pierce: true });
      const cue = nodes.find((node) => (node.attributes ?? []).includes('-webkit-media-text-track-display'));
      if (!cue) return null;
      const { model } = await stage.cdp.send('DOM.getBoxModel', { nodeId: cue.nodeId });
      return { left: model.content[0], top: model.content[1], right: model.content[2], bottom: model.content[5] };
    };
    let box = null;
    for (let tries = 0; !box && tries < 50; tries += 1) box = await boxes();
    assert.ok(box.bottom - box.top > 60, `several lines: ${JSON.stringify(box)}`);
    const [rail, title] = await stage.eval(() => {
      const shadow = document.querySelector('cliffhanger-player').shadowRoot;
      return [shadow.querySelector('.rail').getBoundingClientRect().left, shadow.querySelector('.here .series').getBoundingClientRect().top];
    });
    assert.ok(box.left >= 0 && box.right <= rail + 4, `beside the rail at ${rail}: ${JSON.stringify(box)}`);
    assert.ok(box.bottom <= title, `above the title at ${title}: ${JSON.stringify(box)}`);
  });
}

scenario('the age from which a series may be seen stands beside the title', async ({ origin, open }) => {
  const manifest = series({ count: 3, free: 3 });
  manifest.series.ageRating = 16;
  const stage = await open({ body: player(origin, manifest) });
  await stage.playing(1);
  await stage.page.getByRole('img', { name: 'For ages 16 and over' }).first().waitFor();
});
