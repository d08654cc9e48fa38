import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import test from 'node:test';
import { browser } from './support/browser.mjs';
import { Origin } from './support/origin.mjs';
import { player, scenario } from './support/scenario.mjs';
import { OFFERS, series } from './support/series.mjs';
import { PHONE, STATES, complete, playing, prepare, press, still } from './support/states.mjs';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LANGUAGES = ['en', 'es', 'pt', 'fr', 'de', 'nl', 'id', 'ja', 'ko', 'zh', 'ar'];

/** Runs `body` with a fresh page at `address`. */
async function visit(options, address, body) {
  const context = await (await browser()).newContext({ ...PHONE, colorScheme: 'dark', ...options });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    await page.goto(address);
    return await body(page);
  } finally {
    await context.close();
  }
}

for (const [name, options, what, ...steps] of STATES) {
  test(`axe finds nothing wrong in the state "${name.replaceAll('-', ' ')}"`, { timeout: 90_000 }, async () => {
    const origin = await Origin.start();
    try {
      await visit(options, prepare(origin)(what), async (page) => {
        for (const step of steps) await step(page);
        await page.evaluate(AXE);
        const violations = await page.evaluate(async () => {
          const { violations: found } = await window.axe.run(document, { resultTypes: ['violations'] });
          return found.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 4).map((node) => `${node.target.flat().join(' ')} (${(node.any[0] ?? node.all[0] ?? node.none[0])?.message})`).join('; ')}`);
        });
        assert.deepEqual(violations, []);
      });
    } finally {
      await origin.stop();
    }
  });
}

const KEYBOARD = { viewport: { width: 1280, height: 800 }, hasTouch: false, isMobile: false };
/** What has the focus, by the name a screen reader says. */
const focused = (page) => page.evaluate(() => {
  const element = document.querySelector('cliffhanger-player').shadowRoot.activeElement;
  return element ? element.getAttribute('aria-label') ?? element.getAttribute('part') + ':' + element.textContent.trim() : document.activeElement.localName;
});

/** What Tab comes to, until it leaves the player. */
async function tabs(page, most = 40) {
  const names = [];
  for (let count = 0; count < most; count += 1) {
    await page.keyboard.press('Tab');
    const name = await focused(page);
    if (name === 'body' || name === 'a' || names.includes(name)) break;
    names.push(name);
  }
  return names;
}

test('with the keyboard alone a viewer comes to everything, in the order in which it lies there', { timeout: 90_000 }, async () => {
  const origin = await Origin.start();
  try {
    await visit(KEYBOARD, prepare(origin)({ after: '<a href="#x">after</a>' }), async (page) => {
      await playing(page);
      await complete(page);
      const order = await tabs(page);
      assert.deepEqual(order.map((name) => name.replace(/^button:She signed.*/, 'description')), [
        'Neon Vows, episodes', 'description', 'Like', 'Episodes', 'Share', 'More', 'button:Tap for sound', 'Next episode', 'Pause', 'Position',
      ]);
    });
  } finally {
    await origin.stop();
  }
});

test('with the keyboard alone the menu and the drawer are opened, used and left, and the focus goes back', { timeout: 90_000 }, async () => {
  const origin = await Origin.start();
  try {
    await visit(KEYBOARD, prepare(origin)(), async (page) => {
      await playing(page);
      await complete(page);
      const to = async (name) => {
        for (let count = 0; count < 40 && await focused(page) !== name; count += 1) await page.keyboard.press('Tab');
        assert.equal(await focused(page), name);
      };
      await to('More');
      await page.keyboard.press('Enter');
      await page.locator('[part~="menu"].shown').waitFor();
      await to('button:1.5×');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.querySelector('cliffhanger-player').playbackRate === 1.5);
      assert.equal(await focused(page), 'button:1.5×', 'the choice keeps the focus');
      // Tab stays inside what is modal.
      const inside = await tabs(page);
      assert.ok(inside.length > 6 && !inside.includes('Like'), String(inside));
      await page.keyboard.press('Escape');
      await page.locator('[part~="menu"].shown').waitFor({ state: 'detached' }).catch(() => {});
      assert.equal(await focused(page), 'More');
      await to('Episodes');
      await page.keyboard.press('Enter');
      await page.locator('[part~="drawer"].shown').waitFor();
      await to('Episode 3');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.querySelector('cliffhanger-player').currentEpisode.n === 3);
      assert.equal(await focused(page), 'Episodes');
      await page.keyboard.press('?');
      await page.locator('.key').first().waitFor();
      await page.keyboard.press('Escape');
      await page.keyboard.press('c');
      await page.locator('track').first().waitFor({ state: 'attached' });
    });
  } finally {
    await origin.stop();
  }
});

scenario('a screen reader hears which episode is current, and at the wall how to go on and for how much', async ({ origin, open }) => {
  const stage = await open({ body: player(origin, series({ count: 4, free: 2, offers: OFFERS })) });
  await stage.playing(1);
  const hears = (text) => stage.until((wanted) => document.querySelector('cliffhanger-player').shadowRoot.querySelector('[aria-live=polite]').textContent.includes(wanted), { args: [text], what: text });
  await hears('Episode 1 of 4. Episode 1');
  await stage.flingTo(2);
  await hears('Episode 2 of 4');
  await stage.flingTo(3);
  await hears('Episode 3 of 4 is locked. Episode 3 Unlock this episode 30 coins€0.30');
});

scenario('every control is at least 44 pixels high and wide', async ({ origin, open }) => {
  const stage = await open({ body: player(origin, series({ count: 12, free: 6, offers: OFFERS })) });
  await stage.playing(1);
  // While a sheet slides in, a box of 44 pixels is 43.99997 high; a browser lays out in sixty-fourths.
  const small = () => stage.eval(() => [...document.querySelector('cliffhanger-player').shadowRoot.querySelectorAll('button, a[href]')]
    .filter((control) => control.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !control.closest('[inert]'))
    .map((control) => [control.getAttribute('aria-label') ?? control.textContent, control.getBoundingClientRect()])
    .filter(([, box]) => Math.min(box.width, box.height) < 44 - 1 / 64).map(([name, box]) => `${name} ${Math.round(box.width)}x${Math.round(box.height)}`));
  assert.deepEqual(await small(), []);
  for (const name of ['Episodes', 'More']) {
    await stage.page.getByRole('button', { name, exact: true }).tap();
    await stage.untilShows(name === 'More' ? 'menu' : 'drawer');
    assert.deepEqual(await small(), []);
    await stage.page.keyboard.press('Escape');
    await stage.untilShows(name === 'More' ? 'menu' : 'drawer', false);
  }
  await stage.call('goTo', 7);
  await stage.untilShows('paywall');
  assert.deepEqual(await small(), []);
});

/** Texts that are cut: wider or higher than their box, which does not scroll. */
const cut = (page) => page.evaluate(() => {
  const root = document.querySelector('cliffhanger-player').shadowRoot;
  const frame = root.host.getBoundingClientRect();
  const problems = [];
  for (const element of root.querySelectorAll('button, p, h2, h3, span, a')) {
    if (!element.textContent.trim() || element.closest('[inert]') && !element.closest('.panel') || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (element.closest('.synopsis, .hidden, .away')) continue; // is cut on purpose and opens at a touch; is only heard
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    const clips = style.overflowX !== 'visible' || style.display !== 'inline';
    const name = `${element.localName}.${element.className} "${element.textContent.trim().slice(0, 40)}"`;
    if (clips && element.scrollWidth > element.clientWidth + 1) problems.push(`${name} is ${element.scrollWidth} wide in ${element.clientWidth}`);
    if (clips && style.overflowY === 'hidden' && element.scrollHeight > element.clientHeight + 1) problems.push(`${name} is ${element.scrollHeight} high in ${element.clientHeight}`);
    if (box.left < frame.left - 1 || box.right > frame.right + 1) problems.push(`${name} reaches from ${Math.round(box.left)} to ${Math.round(box.right)} of ${Math.round(frame.width)}`);
  }
  return problems;
});

for (const lang of LANGUAGES) {
  test(`no text is cut at twice the size of letters in "${lang}", nor at 400 percent`, { timeout: 120_000 }, async () => {
    const origin = await Origin.start();
    const page = prepare(origin);
    const dir = lang === 'ar' ? 'rtl' : 'ltr';
    const css = 'body{margin:0}cliffhanger-player{width:100vw;height:100dvh}html{font-size:200%}';
    const locked = { attributes: 'autoplay muted episode="7"' };
    // 1280 pixels at 400 percent are 320.
    const zoomed = { viewport: { width: 320, height: 256 } };
    try {
      for (const [where, options, what, ...steps] of [
        ['controls', {}, {}, playing], ['menu', {}, {}, playing, complete, press('j')], ['drawer', {}, {}, playing, complete, press('e')],
        ['paywall', {}, locked, (tab) => tab.locator('[part~="offer"]').first().waitFor()], ['zoomed paywall', zoomed, locked, (tab) => tab.locator('[part~="offer"]').first().waitFor()],
        ['zoomed menu', zoomed, {}, playing, complete, press('j')],
      ]) {
        await visit(options, page({ ...what, css: where.startsWith('zoomed') ? undefined : css, lang, dir }), async (tab) => {
          for (const step of steps) await step(tab);
          await complete(tab);
          await still(tab);
          assert.deepEqual(await cut(tab), [], where);
        });
      }
    } finally {
      await origin.stop();
    }
  });
}

scenario('whoever asked for less motion sees none', async ({ origin, open }) => {
  const stage = await open({ body: player(origin, series({ count: 4, free: 4 })) });
  await stage.page.emulateMedia({ reducedMotion: 'reduce' });
  await stage.playing(1);
  await stage.tap(180, 400);
  await stage.tap(180, 400);
  await stage.event('like');
  await stage.page.getByRole('button', { name: 'Episodes', exact: true }).tap();
  await stage.untilShows('drawer');
  const moving = await stage.eval(() => document.querySelector('cliffhanger-player').shadowRoot.getAnimations().filter((animation) => animation.playState === 'running').map((animation) => animation.animationName ?? animation.transitionProperty));
  assert.deepEqual(moving, []);
});

scenario('nothing in the page moves by itself while swiping', async ({ origin, open }) => {
  const stage = await open({
    body: player(origin, series({ count: 6, free: 6 })),
    head: `<script>window.shifts = []; new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shifts.push(entry.value); }).observe({ type: 'layout-shift', buffered: true });</script>`,
  });
  await stage.playing(1);
  for (const n of [2, 3, 4]) await stage.flingTo(n);
  await stage.playing(4);
  assert.equal(await stage.eval(() => window.shifts.reduce((sum, shift) => sum + shift, 0)), 0);
});
