// One Chromium per test file, one context per test.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
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

const START_MS = 30_000;

/**
 * Calls `body` with the one context of a browser of its own, which keeps pages that are left, hides a tab behind another and freezes what it is told
 * to. The browser above does none of that: Playwright starts it without the cache for pages and has every tab believe that it lies in front.
 */
export async function asViewersHaveIt(body) {
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'cliffhanger-browser-'));
  const child = spawn(CHROMIUM, [...ARGS, '--headless=new', '--remote-debugging-port=0', `--user-data-dir=${data}`, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = new Promise((resolve) => { child.once('exit', resolve); });
  try {
    const address = await new Promise((resolve, reject) => {
      let said = '';
      const timer = setTimeout(() => reject(new Error(`the browser said no address in ${START_MS} ms:\n${said}`)), START_MS);
      child.stderr.on('data', (chunk) => {
        said += chunk;
        const found = /ws:\/\/\S+/.exec(said);
        if (found) { clearTimeout(timer); resolve(found[0]); }
      });
      child.on('error', reject);
      gone.then((code) => reject(new Error(`the browser ended with ${code}:\n${said}`)));
    });
    const viewers = await chromium.connectOverCDP(address, { noDefaults: true });
    await body(viewers.contexts()[0]);
    await viewers.close();
  } finally {
    // Asked to end, it takes its own processes along. They may outlive it for a moment, and write into the folder.
    child.kill('SIGTERM');
    await gone;
    await fs.promises.rm(data, { recursive: true, force: true, maxRetries: 20 });
  }
}

export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 1 };
export const DESKTOP = { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 };
