// One page in one browser context over one link, as a phone with a slow processor sees it.
import fs from 'node:fs';
import { Page } from './chromium.mjs';
import { Link, brotli } from './server.mjs';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 1 };
const CPU_SLOWDOWN = 4;
const OBSERVER = fs.readFileSync(new URL('observer.js', import.meta.url), 'utf8');
const NO_FRAME_MS = 45_000;

export const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

/** A page in a context of its own of a browser that all share. */
async function together(browser, errors) {
  const context = await browser.newContext(PHONE);
  await context.addInitScript(OBSERVER);
  const page = await context.newPage();
  page.on('pageerror', (error) => errors.push(String(error)));
  const go = (url) => page.goto(url, { waitUntil: 'commit' });
  return { cdp: await context.newCDPSession(page), go, close: () => context.close() };
}

/** A page in a browser of its own, of which nothing is asked but what a profile needs. */
async function alone({ executable, args }) {
  const page = await Page.open(executable, args, PHONE.viewport);
  await page.send('Page.addScriptToEvaluateOnNewDocument', { source: OBSERVER });
  return { cdp: page, go: (url) => page.send('Page.navigate', { url }), close: () => page.close() };
}

export class Session {
  /** Opens the page of a variant and runs `body(session)`; everything is closed afterwards. `profiled`: for a profile of its scripts. */
  static async run({ browser, chromium, site, variant, profile, count = 20, profiled = false }, body) {
    const find = site(profile, profiled);
    // Compressed before anybody waits for it.
    for (const where of [`/${variant.id}.html`, '/series.json']) brotli(find(where, new URLSearchParams({ count })));
    const [link, blank] = await Promise.all([Link.open(profile, find), Link.open({ ...profile, rtt: 0 }, () => Buffer.from('<!doctype html>'))]);
    const session = new Session();
    session.errors = [];
    session.link = link;
    let close = async () => {};
    try {
      let go;
      ({ cdp: session.cdp, go, close } = await (profiled ? alone(chromium) : together(browser, session.errors)));
      // The page gets a process that is slow already.
      await go(`${blank.url}/blank.html`);
      await session.cdp.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN });
      await go(`${link.url}/${variant.id}.html?count=${count}`);
      await session.cdp.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN });
      return await body(session);
    } finally {
      await close();
      await Promise.all([link.close(), blank.close()]);
    }
  }

  /** Asks the page. Unlike Playwright's own evaluate, this does not count as a gesture of the viewer. */
  async eval(body, ...args) {
    const expression = `(${body})(${args.map((value) => JSON.stringify(value)).join(',')})`;
    const { result, exceptionDetails } = await this.cdp.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** Milliseconds from navigation to the first frame in the middle of the window. */
  async firstFrame() {
    const at = await this.eval((ms) => window.bench.firstFrame(ms), NO_FRAME_MS);
    if (at === null) throw new Error(`no frame in ${NO_FRAME_MS / 1000} s${this.errors.length ? ` (${this.errors[0].slice(0, 80)})` : ''}`);
    return at;
  }

  /**
   * A finger flicks to the next episode. The answer holds `since`, when it was lifted on the page's own clock, and `from`,
   * the episode before. `hold` runs while the finger rests half way.
   */
  async swipe(hold) {
    const { index, origin } = await this.eval(() => window.bench.begin());
    const lifted = await this.#finger(hold ? [0.9, 0.42] : [0.8, 0.25], hold ? 200 : 96, hold);
    return { since: lifted - origin, from: index };
  }

  /** Touches as the browser's own input sees them, each at its own time: a finger does not wait until a page has heard of it. */
  async #finger([from, to], ms, hold) {
    const STEPS = 6;
    const began = Date.now();
    let at = began;
    const sent = [];
    const touch = (type, share) => {
      const touchPoints = share === undefined ? [] : [{ id: 1, x: 195, y: Math.round(844 * share), radiusX: 4, radiusY: 4, force: 1 }];
      sent.push(this.cdp.send('Input.dispatchTouchEvent', { type, timestamp: at / 1000, touchPoints }));
    };
    touch('touchStart', from);
    for (let step = 1; step <= STEPS; step += 1) {
      at = began + (ms * step) / STEPS;
      await sleep(at - Date.now());
      touch('touchMove', from + ((to - from) * step) / STEPS);
    }
    if (hold) {
      await Promise.all(sent);
      await hold();
      at = Date.now();
      for (const share of [0.35, 0.28, 0.2]) {
        at += 16;
        await sleep(at - Date.now());
        touch('touchMove', share);
      }
    }
    const lifted = performance.timeOrigin + performance.now();
    // By its own time it follows the last move at once: the speed of the flick is the same on a machine that is late.
    at += 4;
    touch('touchEnd');
    await Promise.all(sent);
    return lifted;
  }

  frame(since, ms) { return this.eval((at, wait) => window.bench.frame(at, wait), since, ms); }

  report(since) { return this.eval((at) => window.bench.report(at), since); }

  watched() { return this.eval(() => window.bench.watched()); }

  async screenshot() {
    const { data } = await this.cdp.send('Page.captureScreenshot', { format: 'png', optimizeForSpeed: true });
    return Buffer.from(data, 'base64');
  }

  /** What the page keeps, after its garbage has gone. */
  async memory() {
    await this.cdp.send('Performance.enable');
    for (let round = 0; round < 2; round += 1) await this.cdp.send('HeapProfiler.collectGarbage');
    const { metrics } = await this.cdp.send('Performance.getMetrics');
    const metric = (name) => metrics.find((each) => each.name === name).value;
    const { videos, wasm } = await this.eval(() => window.bench.counts());
    return { heap: metric('JSHeapUsedSize'), wasm, nodes: metric('Nodes'), listeners: metric('JSEventListeners'), videos };
  }
}
