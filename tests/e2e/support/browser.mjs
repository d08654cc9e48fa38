// One Chromium per test file, one context per test.
import { after } from 'node:test';
import { chromium } from 'playwright-core';
import { CHROMIUM } from './paths.mjs';

const ARGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--mute-audio', '--disable-dev-shm-usage',
];

let running;

/** The browser of this file, started at first use and closed after the last test. */
export function browser() {
  running ??= chromium.launch({ executablePath: CHROMIUM, args: ARGS, headless: true });
  return running;
}

after(async () => { await (await running)?.close(); });

export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 1 };
export const DESKTOP = { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 };
