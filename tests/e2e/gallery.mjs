// A picture of every state, on one page:  node tests/e2e/gallery.mjs OUT_DIR 
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { Origin } from './support/origin.mjs';
import { CHROMIUM } from './support/paths.mjs';
import { OFFERS, series } from './support/series.mjs';

const out = process.argv[2];
if (!out) {
  console.error('usage: node tests/e2e/gallery.mjs OUT_DIR');
  process.exit(2);
}
fs.mkdirSync(out, { recursive: true });

const PHONE = { width: 390, height: 844 };
const offers = {
  ...OFFERS,
  ad: { kind: 'ad', scope: 'episode', provider: 'host', assurance: 'reported', grantHours: 48 },
  week: { kind: 'subscription', price: { amount: 599, currency: 'EUR' }, period: 'P1W', manageUrl: 'https://shop.example/account' },
};
const order = ['ep-coins', 'ad', 'rest', 'week'];

function manifest() {
  const made = series({ count: 60, free: 6, offers });
  made.access.offers = order;
  made.series.title = 'Neon Vows';
  made.series.synopsis = 'She signed a contract to marry a stranger for one year. On the last day he remembers her name, and everybody else forgets it.';
  const titles = ['The Contract', 'Rain on Glass', 'The Other Ring', 'A Promise Kept', 'What Mei Saw', 'The Lie'];
  made.episodes.forEach((episode, at) => {
    episode.title = titles[at % titles.length];
    episode.captions = [{ lang: 'en', label: 'English', url: '/captions.vtt' }];
  });
  return made;
}

const origin = await Origin.start();
origin.put('/captions.vtt', 'WEBVTT\n\n00:00.000 --> 10:00.000\nYou said you would be here\nwhen the lights came back on.\n');
origin.put('/series.json', manifest());
const short = manifest();
short.episodes = short.episodes.slice(0, 2);
short.related = [1, 2, 3].map((n) => ({ id: `s${n}`, title: ['Ash & Silk', 'Paper Lanterns', 'The Ninth Floor'][n - 1], href: '/x', poster: { url: `/media/e00${n + 2}.jpg` } }));
origin.put('/short.json', short);

const page = (attributes, { src = '/series.json', lang = 'en', dir = 'ltr', css = 'body{margin:0}cliffhanger-player{width:100vw;height:100dvh}', before = '', after = '' } = {}) => origin.put(`/p${Math.random()}.html`, `<!doctype html>
<html lang="${lang}" dir="${dir}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>x</title><link rel="icon" href="data:,"><style>${css}</style>
<script type="module" src="/cliffhanger/cliffhanger.js"></script></head><body>${before}<cliffhanger-player src="${src}" ${attributes}></cliffhanger-player>${after}</body></html>`);

const playing = (p) => p.waitForFunction(() => { const c = document.querySelector('cliffhanger-player'); return !c.paused && c.currentTime > 0.6; });
const press = (name) => (p) => p.getByRole('button', { name, exact: true }).first().click();
const shown = (css) => (p) => p.locator(css).first().waitFor();
const still = (p) => p.waitForFunction(() => document.querySelector('cliffhanger-player').shadowRoot.getAnimations().every((a) => a.playState === 'finished' || a.effect.getTiming().iterations === Infinity));
const end = (p) => p.evaluate(() => { const c = document.querySelector('cliffhanger-player'); c.currentTime = c.duration - 0.3; });
const hold = async (p) => { await p.mouse.move(180, 400); await p.mouse.down(); await p.waitForFunction(() => document.querySelector('cliffhanger-player').shadowRoot.querySelector('.badge').textContent); };
const heart = async (p) => { await p.mouse.dblclick(190, 380); await p.waitForFunction(() => document.querySelector('cliffhanger-player').shadowRoot.getAnimations().some((a) => a.animationName === 'beat' && a.currentTime > 200)); };

const ARTICLE = `<h1>Ten serials to watch this winter</h1><p>${'A cliffhanger is a promise. '.repeat(40)}</p>`;
const EMBED = 'body{margin:0 auto;max-width:720px;padding:24px;font:18px/1.6 Georgia,serif}cliffhanger-player{width:360px;margin:24px auto;border-radius:16px}';
const STATES = [
  ['playing', {}, page('autoplay muted'), playing],
  ['description', {}, page('autoplay muted'), playing, (p) => p.locator('.here .synopsis').click()],
  ['like', {}, page('autoplay muted'), playing, heart],
  ['double-speed', {}, page('autoplay muted'), playing, hold],
  ['paused', {}, page('autoplay muted'), playing, (p) => p.keyboard.press('k'), still],
  ['drawer', {}, page('autoplay muted episode="3"'), playing, press('Episodes'), still],
  ['menu', {}, page('autoplay muted'), playing, press('More'), still],
  ['captions', {}, page('autoplay muted'), playing, press('More'), press('English'), (p) => p.keyboard.press('Escape'), playing],
  ['paywall', {}, page('autoplay muted episode="7"'), shown('[part~="paywall"]'), still],
  ['paywall-closed', {}, page('autoplay muted episode="7"'), shown('[part~="paywall"]'), press('Close')],
  ['error', {}, page('autoplay muted', { src: '/missing.json' }), shown('[part~="error"]')],
  ['end', {}, page('autoplay muted episode="2"', { src: '/short.json' }), playing, end, shown('[part~="end"]')],
  ['small', { viewport: { width: 320, height: 568 } }, page('autoplay muted'), playing],
  ['small-drawer', { viewport: { width: 320, height: 568 } }, page('autoplay muted'), playing, press('Episodes'), still],
  ['small-paywall', { viewport: { width: 320, height: 568 } }, page('autoplay muted episode="7"'), shown('[part~="paywall"]'), still],
  ['tablet', { viewport: { width: 768, height: 1024 } }, page('autoplay muted'), playing],
  ['landscape', { viewport: { width: 844, height: 390 } }, page('autoplay muted'), playing],
  ['right-to-left', {}, page('autoplay muted', { lang: 'ar', dir: 'rtl' }), playing],
  ['forced-colours', { forcedColors: 'active' }, page('autoplay muted'), playing],
  ['desktop', { viewport: { width: 1280, height: 800 }, hasTouch: false, isMobile: false }, page('autoplay muted'), playing, (p) => p.mouse.move(640, 300)],
  ['desktop-drawer', { viewport: { width: 1280, height: 800 }, hasTouch: false, isMobile: false }, page('autoplay muted'), playing, press('Episodes'), still],
  ['desktop-keys', { viewport: { width: 1280, height: 800 }, hasTouch: false, isMobile: false }, page('autoplay muted'), playing, (p) => p.keyboard.press('?'), still],
  ['embed', { viewport: { width: 1280, height: 900 }, hasTouch: false, isMobile: false }, page('autoplay muted', { css: EMBED, before: ARTICLE, after: ARTICLE }), (p) => p.locator('cliffhanger-player').scrollIntoViewIfNeeded(), playing, (p) => p.locator('cliffhanger-player').hover()],
];

const only = process.argv.slice(3);
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--mute-audio'] });
let failed = 0;
try {
  for (const [name, options, url, ...steps] of STATES) {
    if (only.length && !only.includes(name)) continue;
    const context = await browser.newContext({ viewport: PHONE, hasTouch: true, isMobile: true, ...options });
    const tab = await context.newPage();
    tab.setDefaultTimeout(20_000);
    try {
      await tab.goto(url);
      for (const step of steps) await step(tab);
    } catch (error) {
      failed += 1;
      console.error(`${name}: ${String(error).split('\n')[0]}`);
    }
    await tab.screenshot({ path: path.join(out, `${name}.png`) });
    await context.close();
  }
} finally {
  await browser.close();
  await origin.stop();
}
fs.writeFileSync(path.join(out, 'index.html'), `<!doctype html><meta charset="utf-8"><title>Gallery</title><style>body{background:#15131a;color:#eee;font:14px system-ui;display:flex;flex-wrap:wrap;gap:24px;padding:24px}figure{margin:0}img{height:520px;border-radius:12px;display:block}figcaption{padding:8px 2px}</style>
${STATES.map(([name]) => `<figure><img src="${name}.png" alt=""><figcaption>${name}</figcaption></figure>`).join('\n')}`);
console.log(path.join(out, 'index.html'));
process.exitCode = failed ? 1 : 0;
