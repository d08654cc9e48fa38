// A page of which nobody listens to the network. Playwright has the browser tell of every request with the stack that led to it, which costs the page more
// than the request: where a script's own time is measured, the browser is asked directly.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export class Page {
  #child;
  #folder;
  #waiting = new Map();
  #last = 0;
  #session;

  /** A blank page of a browser of its own, as large as `size` and with touch. */
  static async open(executable, args, { width, height }) {
    const page = new Page();
    page.#folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cliffhanger-bench-'));
    page.#child = spawn(executable, [...args, '--headless', '--remote-debugging-pipe', `--user-data-dir=${page.#folder}`, 'about:blank'],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    try {
      os.setPriority(page.#child.pid, 0); // the bench itself may go before others
    } catch {
      // An ordinary user's never does.
    }
    let rest = '';
    page.#child.stdio[4].setEncoding('utf8').on('data', (text) => {
      const messages = (rest + text).split('\0');
      rest = messages.pop();
      messages.map(JSON.parse).forEach(({ id, result, error }) => {
        const { resolve, reject } = page.#waiting.get(id) ?? {};
        page.#waiting.delete(id);
        if (error) reject?.(new Error(error.message));
        else resolve?.(result);
      });
    });
    const { targetId } = await page.send('Target.createTarget', { url: 'about:blank' });
    page.#session = (await page.send('Target.attachToTarget', { targetId, flatten: true })).sessionId;
    await page.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: true });
    await page.send('Emulation.setTouchEmulationEnabled', { enabled: true, maxTouchPoints: 1 });
    await page.send('Page.enable');
    return page;
  }

  send(method, params = {}) {
    const id = this.#last += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId: this.#session })}\0`);
    });
  }

  async close() {
    const gone = new Promise((resolve) => { this.#child.on('exit', resolve); });
    this.#session = undefined;
    this.send('Browser.close').catch(() => {});
    await gone;
    // Its helpers may end a moment later, and write until then.
    fs.rmSync(this.#folder, { recursive: true, force: true, maxRetries: 30, retryDelay: 100 });
  }
}
