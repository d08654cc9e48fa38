// Makes the README's pictures from the real thing:  node tests/e2e/screenshots.mjs OUT_DIR
//
// Writes player.png (an episode plays), paywall.png (the wall before episode 6) and screenshot.png (both, side by side).
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { startGate } from './support/gate.mjs';
import { CHROMIUM } from './support/paths.mjs';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 1.5 };
const MOMENT = 7;

const out = process.argv[2];
if (!out) {
  console.error('usage: node tests/e2e/screenshots.mjs OUT_DIR');
  process.exit(2);
}
fs.mkdirSync(out, { recursive: true });

const gate = await startGate({ args: ['--demo'] });
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--mute-audio'] });
try {
  const page = await (await browser.newContext(PHONE)).newPage();
  const player = page.locator('cliffhanger-player');
  await page.goto(`${gate.url}/watch/neon-vows`);
  await page.waitForFunction(() => document.querySelector('cliffhanger-player').isReady);
  await player.evaluate((element, seconds) => { element.currentTime = seconds; }, MOMENT);
  await page.waitForFunction((seconds) => {
    const element = document.querySelector('cliffhanger-player');
    return !element.paused && element.currentTime > seconds + 0.3;
  }, MOMENT);
  await page.screenshot({ path: path.join(out, 'player.png') });
  await player.evaluate((element) => element.goTo(6));
  await page.waitForFunction(() => {
    const element = document.querySelector('cliffhanger-player');
    const sheet = element.shadowRoot.querySelector('[part~="paywall"]');
    return element.paywall && sheet?.checkVisibility() && sheet.getAnimations({ subtree: true }).every(({ playState }) => playState === 'finished');
  });
  // The controls accept a tap, and look it, only some time after the sheet has opened.
  await page.waitForFunction((since) => performance.now() > since + 1200, await page.evaluate(() => performance.now()));
  await page.screenshot({ path: path.join(out, 'paywall.png') });

  const picture = (name) => `data:image/png;base64,${fs.readFileSync(path.join(out, name)).toString('base64')}`;
  const sheet = await (await browser.newContext({ viewport: { width: 880, height: 800 }, deviceScaleFactor: 1 })).newPage();
  await sheet.setContent(`<style>
    body { margin: 0; height: 100vh; display: flex; gap: 56px; align-items: center; justify-content: center; background: #121015; }
    img { height: 680px; border-radius: 28px; box-shadow: 0 0 0 1px #3a3342, 0 24px 60px #000; }
  </style><img src="${picture('player.png')}" alt=""><img src="${picture('paywall.png')}" alt="">`);
  await sheet.waitForFunction(() => [...document.images].every((image) => image.complete && image.naturalWidth > 0));
  await sheet.screenshot({ path: path.join(out, 'screenshot.png') });
} finally {
  await browser.close();
  await gate.stop();
}
for (const name of ['player.png', 'paywall.png', 'screenshot.png']) {
  console.log(`${path.join(out, name)}  ${Math.round(fs.statSync(path.join(out, name)).size / 1000)} kB`);
}
