// The e2e tests' stage, over WebDriver: the same questions to the page, asked of any engine.
import assert from 'node:assert/strict';
import { pause } from './engines.mjs';
import { Stage } from '../e2e/support/stage.mjs';

// https://www.w3.org/TR/webdriver/#keyboard-actions
const KEYS = { ArrowDown: '\uE015', ArrowUp: '\uE013', PageDown: '\uE00F' };

export class EngineStage extends Stage {
  constructor({ driver, engine, origin }) {
    super();
    Object.assign(this, { driver, engine, origin });
  }

  eval(body, ...args) {
    return this.driver.evaluate(`(${body})(${args.map((value) => JSON.stringify(value)).join(',')})`);
  }

  /** Waits until the origin was asked for such a path. */
  async served(match) {
    const end = performance.now() + 20_000;
    while (!this.origin.paths(match).length) {
      assert.ok(performance.now() < end, `nothing asked for ${match}`);
      await pause(40);
    }
  }

  press(name) { return this.driver.press(KEYS[name]); }

  async #middle() {
    const [width, height] = await this.eval(() => [innerWidth, innerHeight]);
    return { x: Math.round(width / 2), height };
  }

  async click() {
    const { x, height } = await this.#middle();
    await this.driver.click(x, Math.round(height / 2));
  }

  async turnWheel(deltaY) {
    const { x, height } = await this.#middle();
    await this.engine.wheel(this.driver, { x, y: Math.round(height / 2), deltaY });
  }

  /** A finger moves over these shares of the height; `down: false`: it is down already, `lift: false`: it stays. */
  async drag({ from, to, steps = 8, ...how }) {
    const { x, height } = await this.#middle();
    const path = Array.from({ length: steps + 1 }, (_, step) => Math.round(height * (from + ((to - from) * step) / steps)));
    await this.engine.touch(this.driver, { x, path, ...how });
  }

  flick({ from = 0.8, to = 0.25 } = {}) { return this.drag({ from, to }); }
}
