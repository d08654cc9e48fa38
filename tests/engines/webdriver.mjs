// The little of W3C WebDriver that these tests need, and how each engine's driver is started.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

const UP_MS = 30_000;
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** A program that ends with these tests, and whatever it started with it. */
function start(program, args, env, log) {
  const out = fs.openSync(log, 'w');
  const child = spawn(program, args, { stdio: ['ignore', out, out], env: { ...process.env, ...env }, detached: true });
  const end = () => { try { process.kill(-child.pid, 'SIGKILL'); } catch { /* It has ended already. */ } };
  process.on('exit', end);
  return { end, failed: new Promise((_, reject) => { child.on('error', reject); }) };
}

export class Driver {
  #base;
  #started;
  session;

  /** `programs` are started in turn; the last one speaks WebDriver. */
  static async open({ programs, capabilities }) {
    const driver = new Driver();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cliffhanger-engine-'));
    const [port, other] = [await freePort(), await freePort()];
    driver.#base = `http://127.0.0.1:${port}`;
    driver.#started = programs({ port, other, folder })
      .map(({ program, args, env = {} }) => start(program, args, env, path.join(folder, `${path.basename(program)}.log`)));
    try {
      await Promise.race([driver.#up(), ...driver.#started.map(({ failed }) => failed)]);
      const { sessionId } = await driver.#ask('POST', '/session', { capabilities: { alwaysMatch: capabilities({ folder }) } });
      driver.session = sessionId;
      await driver.send('POST', '/timeouts', { script: 60_000, pageLoad: 60_000 });
      return driver;
    } catch (error) {
      driver.#end();
      throw error;
    }
  }

  async #up() {
    for (const end = performance.now() + UP_MS; performance.now() < end; await pause(100)) {
      if (await fetch(`${this.#base}/status`).then((answer) => answer.ok, () => false)) return;
    }
    throw new Error(`no driver answers at ${this.#base}`);
  }

  async #ask(method, where, body) {
    const answer = await fetch(this.#base + where, {
      method, headers: { 'content-type': 'application/json' }, ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${where}: ${value?.error}: ${value?.message}`.slice(0, 500));
    return value;
  }

  #end() { for (const { end } of this.#started.toReversed()) end(); }

  send(method, where, body) { return this.#ask(method, `/session/${this.session}${where}`, body); }

  go(url) { return this.send('POST', '/url', { url }); }

  version() { return this.send('POST', '/execute/sync', { script: 'return navigator.userAgent', args: [] }); }

  /** Evaluates an expression in the page and waits for its promise. */
  async evaluate(expression) {
    const script = `const done = arguments[arguments.length - 1];
      Promise.resolve().then(() => ${expression}).then((value) => done({ value: value ?? null }), (error) => done({ error: String(error?.stack ?? error) }));`;
    const { value, error } = await this.send('POST', '/execute/async', { script, args: [] });
    if (error) throw new Error(`in the page: ${error}`);
    return value;
  }

  act(...actions) { return this.send('POST', '/actions', { actions }); }

  press(key) {
    return this.act({ type: 'key', id: 'keyboard', actions: [{ type: 'keyDown', value: key }, { type: 'keyUp', value: key }] });
  }

  click(x, y) {
    return this.act({ type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' },
      actions: [{ type: 'pointerMove', x, y, duration: 0 }, { type: 'pointerDown', button: 0 }, { type: 'pointerUp', button: 0 }] });
  }

  async close() {
    // A driver that has lost its browser answers nothing good: it ends all the same.
    await this.send('DELETE', '').catch(() => {});
    this.#end();
  }
}
