// Every state a viewer can meet: the gallery takes a picture of each, and axe-core looks at each.
import { OFFERS, series } from './series.mjs';

export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const SMALL = { viewport: { width: 320, height: 568 } };
const TABLET = { viewport: { width: 768, height: 1024 } };
const LANDSCAPE = { viewport: { width: 844, height: 390 } };
const DESKTOP = { viewport: { width: 1280, height: 800 }, hasTouch: false, isMobile: false };

const FULL = 'body{margin:0}cliffhanger-player{width:100vw;height:100dvh}';
const EMBED = 'body{margin:0 auto;max-width:720px;padding:24px;font:18px/1.6 Georgia,serif}cliffhanger-player{width:360px;margin:24px auto;border-radius:16px}';
const ARTICLE = `<h1>Ten serials to watch this winter</h1><p>${'A cliffhanger is a promise. '.repeat(40)}</p>`;

const offers = {
  ...OFFERS,
  ad: { kind: 'ad', scope: 'episode', provider: 'host', assurance: 'reported', grantHours: 48 },
  week: { kind: 'subscription', price: { amount: 599, currency: 'EUR' }, period: 'P1W', manageUrl: 'https://shop.example/account' },
};
const TITLES = ['The Contract', 'Rain on Glass', 'The Other Ring', 'A Promise Kept', 'What Mei Saw', 'The Lie'];

function manifest() {
  const made = series({ count: 60, free: 6, offers });
  made.access.offers = ['ep-coins', 'ad', 'rest', 'week'];
  made.series.title = 'Neon Vows';
  made.series.ageRating = 13;
  made.series.synopsis = 'She signed a contract to marry a stranger for one year. On the last day he remembers her name, and everybody else forgets it.';
  made.episodes.forEach((episode, at) => {
    episode.title = TITLES[at % TITLES.length];
    if (at >= 6) return;
    episode.captions = [{ lang: 'en', label: 'English', url: '/captions.vtt' }, { lang: 'es', label: 'Español', url: '/captions.vtt' }];
    episode.storyboard = '/board.vtt';
    const [{ url }] = episode.renditions;
    episode.renditions = [{ type: 'mp4', url, height: 720 }, { type: 'mp4', url: `${url}?low`, height: 480 }];
    episode.cues = [
      { id: 'one', kind: 'chapter', atMs: 0, label: 'The office' }, { id: 'two', kind: 'chapter', atMs: 6000, label: 'The signature' },
      { id: 'coat', kind: 'product', atMs: 0, untilMs: 600_000, label: 'Wool coat, charcoal', href: 'https://shop.example/coat', image: { url: '/media/e002.jpg' },
        price: { amount: 12900, currency: 'EUR' }, disclosure: 'affiliate', box: [0.05, 0.16, 0.62, 0.2] },
    ];
  });
  return made;
}

/** Serves what the states need; returns a function that makes a page and returns its address. */
export function prepare(origin) {
  origin.put('/captions.vtt', 'WEBVTT\n\n00:00.000 --> 10:00.000\nYou said you would be here when the lights came back on, and that nobody would ever ask why.\n');
  origin.put('/board.vtt', `WEBVTT\n\n${[0, 1, 2, 3, 4, 5].map((n) => `00:${String(n * 3).padStart(2, '0')}.000 --> 00:${String(n * 3 + 3).padStart(2, '0')}.000\n/media/e00${n + 1}.jpg\n`).join('\n')}`);
  const plain = manifest();
  for (const episode of plain.episodes) delete episode.cues;
  origin.put('/series.json', plain);
  origin.put('/cues.json', manifest());
  const short = { ...plain, episodes: plain.episodes.slice(0, 2) };
  short.related = ['Ash & Silk', 'Paper Lanterns', 'The Ninth Floor'].map((title, at) => ({ id: `s${at}`, title, href: '/x', poster: { url: `/media/e00${at + 3}.jpg` } }));
  origin.put('/short.json', short);
  let count = 0;
  return ({ attributes = 'autoplay muted', src = '/series.json', lang = 'en', dir = 'ltr', css = FULL, before = '', after = '', inside = '', head = '' } = {}) => {
    count += 1;
    return origin.put(`/page-${count}.html`, `<!doctype html>
<html lang="${lang}" dir="${dir}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Neon Vows</title><link rel="icon" href="data:,"><style>${css}</style>${head}
<script type="module" src="/cliffhanger/cliffhanger.js"></script></head><body><main>${before || '<h1 style="position:absolute;clip-path:inset(50%)">Neon Vows</h1>'}<cliffhanger-player src="${src}" ${attributes}>${inside}</cliffhanger-player>${after}</main></body></html>`);
  };
}

const inside = (page, body, argument) => page.waitForFunction(body, argument);
export const playing = (page) => inside(page, () => { const player = document.querySelector('cliffhanger-player'); return !player.paused && player.currentTime > 0.6; });
/** The second wasm and the page's language are there. */
export const complete = (page) => inside(page, () => document.querySelector('cliffhanger-player').shadowRoot?.querySelector('[role=feed]')?.hasAttribute('aria-label'));
/** A control, by what a click on it does: its name depends on the language. */
export const press = (letter) => (page) => page.locator(`[data-do="${letter}"]`).first().click();
const choose = (at) => (page) => page.locator(`[data-at="${at}"]`).click();
const shown = (css) => (page) => page.locator(css).first().waitFor();
const key = (name) => (page) => page.keyboard.press(name);
/** Nothing moves any more, but for what always does. */
export const still = (page) => inside(page, () => document.querySelector('cliffhanger-player').shadowRoot.getAnimations().every((animation) => animation.playState === 'finished' || animation.effect.getTiming().iterations === Infinity));
const end = (page) => page.evaluate(() => { const player = document.querySelector('cliffhanger-player'); player.currentTime = player.duration - 0.3; });
const hold = async (page) => { await page.mouse.move(180, 400); await page.mouse.down(); await inside(page, () => document.querySelector('cliffhanger-player').shadowRoot.querySelector('.badge').textContent); };
const heart = async (page) => { await page.mouse.dblclick(190, 380); await inside(page, () => document.querySelector('cliffhanger-player').shadowRoot.getAnimations().some((animation) => animation.animationName === 'beat' && animation.currentTime > 200)); };
const scrub = async (page) => {
  const box = await page.locator('[part~="progress"]').boundingBox();
  await page.mouse.move(box.x + box.width * 0.3, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.55, box.y + box.height / 2, { steps: 4 });
  await shown('.frame.shown')(page);
  await inside(page, () => { const picture = document.querySelector('cliffhanger-player').shadowRoot.querySelector('.frame img'); return picture.complete && picture.naturalWidth > 0; });
};
const offline = async (page) => { await page.context().setOffline(true); await page.evaluate(() => document.querySelector('cliffhanger-player').goTo(5)); };
/** Waits until nobody has stirred for long enough. */
const faded = (page) => inside(page, () => document.querySelector('cliffhanger-player').shadowRoot.querySelector('.calm'));
const unlock = async (page) => {
  await inside(page, (since) => performance.now() > since + 1000, await page.evaluate(() => performance.now()));
  await page.locator('[part~="offer"] button').first().click();
  await inside(page, () => document.querySelector('cliffhanger-player').shadowRoot.querySelector('.message').textContent.includes('coins'));
};
const REFUSE = "<script>document.addEventListener('unlockrequest', (event) => event.respondWith(Promise.reject(new Error('You have 12 coins; this episode costs 30.'))), true)</script>";
const VIDEO = '<video src="/media/e001.mp4" poster="/media/e001.jpg" muted autoplay playsinline></video>';
const CAPTIONS = "<script>localStorage.setItem('cliffhanger:', 'm=1;s=0;c=en')</script>";
const RESUME = "<script>localStorage.setItem('cliffhanger:test-series', 'e003 7'); localStorage.setItem('cliffhanger:test-series#seen', '1:100 2:100 3:35 4:60')</script>";
const LOCKED = { attributes: 'autoplay muted episode="7"' };
const wall = [shown('[part~="paywall"]'), complete, still];
const LIGHT = { css: `${FULL}cliffhanger-player{color-scheme:light}` };
const ready = [playing, complete];

/** Name, options of the browser's context, options of the page, and what a viewer does. */
export const STATES = [
  ['playing', {}, {}, ...ready, still],
  ['sound', {}, { attributes: 'autoplay' }, ...ready, still],
  ['description', {}, {}, ...ready, press('y')],
  ['like', {}, {}, ...ready, heart],
  ['double-speed', {}, {}, ...ready, hold],
  ['paused', {}, {}, ...ready, key('k'), still],
  ['faded', {}, {}, ...ready, faded, still],
  ['scrubbing', {}, { src: '/cues.json' }, ...ready, scrub],
  ['resumed', {}, { head: RESUME }, ...ready, shown('.resumed.shown'), still],
  ['drawer', {}, { attributes: 'autoplay muted episode="3"', head: RESUME }, ...ready, press('e'), still],
  ['menu', {}, { src: '/cues.json' }, ...ready, press('j'), still],
  ['captions', {}, { head: CAPTIONS }, ...ready],
  ['captions-adopted', {}, { head: CAPTIONS, inside: VIDEO }, ...ready],
  ['captions-small', SMALL, { head: CAPTIONS }, ...ready],
  ['cue', {}, { src: '/cues.json' }, ...ready, shown('.cue'), still],
  ['paywall', {}, LOCKED, ...wall],
  ['paywall-closed', {}, LOCKED, ...wall, press('x')],
  ['insufficient-coins', {}, { ...LOCKED, head: REFUSE }, ...wall, unlock],
  ['error', {}, { src: '/missing.json' }, shown('[part~="error"]')],
  ['offline', {}, {}, ...ready, offline, shown('[part~="error"].shown')],
  ['end', {}, { attributes: 'autoplay muted episode="2"', src: '/short.json' }, ...ready, end, shown('[part~="end"].shown')],
  ['arabic', {}, { lang: 'ar', dir: 'rtl' }, ...ready, still],
  ['arabic-drawer', {}, { lang: 'ar', dir: 'rtl', head: RESUME }, ...ready, press('e'), still],
  ['arabic-menu', {}, { lang: 'ar', dir: 'rtl' }, ...ready, press('j'), still],
  ['arabic-paywall', {}, { ...LOCKED, lang: 'ar', dir: 'rtl' }, ...wall],
  ['japanese-menu', {}, { lang: 'ja' }, ...ready, press('j'), still],
  ['german-paywall', {}, { ...LOCKED, lang: 'de' }, ...wall],
  ['forced-colours', { forcedColors: 'active' }, {}, ...ready],
  ['forced-colours-menu', { forcedColors: 'active' }, {}, ...ready, press('j'), still],
  ['forced-colours-paywall', { forcedColors: 'active' }, LOCKED, ...wall],
  ['small', SMALL, {}, ...ready, still],
  ['small-drawer', SMALL, {}, ...ready, press('e'), still],
  ['small-menu', SMALL, {}, ...ready, press('j'), still],
  ['small-paywall', SMALL, LOCKED, ...wall],
  ['small-end', SMALL, { attributes: 'autoplay muted episode="2"', src: '/short.json' }, ...ready, end, shown('[part~="end"].shown')],
  ['tablet', TABLET, {}, ...ready, still],
  ['tablet-drawer', TABLET, {}, ...ready, press('e'), still],
  ['tablet-paywall', TABLET, LOCKED, ...wall],
  ['landscape', LANDSCAPE, {}, ...ready, still],
  ['landscape-drawer', LANDSCAPE, {}, ...ready, press('e'), still],
  ['landscape-paywall', LANDSCAPE, LOCKED, ...wall],
  ['desktop', DESKTOP, {}, ...ready, (page) => page.mouse.move(640, 300), still],
  ['desktop-cue', DESKTOP, { src: '/cues.json' }, ...ready, shown('.cue'), still],
  ['desktop-drawer', DESKTOP, {}, ...ready, press('e'), still],
  ['desktop-keys', DESKTOP, {}, ...ready, key('?'), still],
  ['desktop-paywall', DESKTOP, LOCKED, ...wall],
  ['embed', { ...DESKTOP, viewport: { width: 1280, height: 900 } }, { css: EMBED, before: ARTICLE, after: ARTICLE }, (page) => page.locator('cliffhanger-player').scrollIntoViewIfNeeded(), ...ready, (page) => page.locator('cliffhanger-player').hover(), still],
  ['embed-drawer', { ...DESKTOP, viewport: { width: 1280, height: 900 } }, { css: EMBED, before: ARTICLE, after: ARTICLE }, (page) => page.locator('cliffhanger-player').scrollIntoViewIfNeeded(), ...ready, press('e'), still],
  ['light', {}, LIGHT, ...ready, press('j'), still],
  ['light-drawer', {}, { ...LIGHT, attributes: 'autoplay muted episode="3"', head: RESUME }, ...ready, press('e'), still],
  ['light-paywall', {}, { ...LOCKED, ...LIGHT }, ...wall],
];
