// A page with a player in it, seen from outside: properties, events, what is on the screen, what the viewer can do.
import assert from 'node:assert/strict';
import { RECORDER } from './recorder.mjs';
import { drag, fling, tap } from './touch.mjs';

const POLL_MS = 40;

export class Stage {
  pageErrors = [];
  console = [];

  static async open(context, url, { record }) {
    const stage = new Stage();
    stage.page = await context.newPage();
    stage.page.on('pageerror', (error) => stage.pageErrors.push(String(error)));
    stage.page.on('console', (message) => stage.console.push(`${message.type()}: ${message.text()}`));
    if (record) await stage.page.addInitScript(RECORDER);
    stage.cdp = await context.newCDPSession(stage.page);
    await stage.page.goto(url, { waitUntil: 'commit' });
    return stage;
  }

  /** Runs `body` in the page. Unlike Playwright's own evaluate, this does not count as a gesture of the viewer. */
  async eval(body, ...args) {
    const expression = `(${body})(${args.map((value) => JSON.stringify(value)).join(',')})`;
    const { result, exceptionDetails } = await this.cdp.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** Asks the page until it answers with something truthy. */
  async until(body, { args = [], what = String(body), ms = 20_000 } = {}) {
    const end = performance.now() + ms;
    let last;
    let failure;
    while (performance.now() < end) {
      // A page that is still being read has no player yet: that is an answer too.
      failure = undefined;
      last = await this.eval(body, ...args).catch((error) => { failure = error; });
      if (last) return last;
      await new Promise((resolve) => { setTimeout(resolve, POLL_MS); });
    }
    return assert.fail(`not in ${ms} ms: ${what}; last answer ${JSON.stringify(last)}${failure ? `, last failure ${failure.message.slice(0, 200)}` : ''}`);
  }

  /** Waits until the current episode is `n` and its video has moved past `seconds`. */
  playing(n, { seconds = 0.05, ms } = {}) {
    return this.until((ordinal, least) => {
      const player = document.querySelector('cliffhanger-player');
      return player.currentEpisode?.n === ordinal && !player.paused && player.currentTime > least;
    }, { args: [n, seconds], what: `episode ${n} plays`, ms });
  }

  /** Waits until the current episode is `n`. */
  at(n, { ms } = {}) {
    return this.until((ordinal) => document.querySelector('cliffhanger-player').currentEpisode?.n === ordinal, { args: [n], what: `episode ${n} is current`, ms });
  }

  /** Waits until scrolling has come to rest on the current episode's slide. */
  async settled() {
    await this.eval(async () => {
      const frame = () => new Promise((resolve) => { requestAnimationFrame(resolve); });
      const top = () => {
        const [viewport] = document.querySelector('cliffhanger-player').shadowRoot.querySelectorAll('[part~="viewport"]');
        return viewport.scrollTop;
      };
      for (let still = 0, before = top(); still < 12;) {
        await frame();
        const now = top();
        still = now === before ? still + 1 : 0;
        before = now;
      }
    });
  }

  /** Events of the given types so far. */
  seen(...types) {
    return this.eval((wanted) => window.seen.filter((event) => wanted.length === 0 || wanted.includes(event.type)), types);
  }

  /** Waits for an event; `test` is source that gets its detail. Returns the event. */
  event(type, test = () => true, { ms } = {}) {
    return this.until(`(type) => window.seen.find((event) => event.type === type && (${test})(event.detail))`, { args: [type], what: `${type} where ${test}`, ms });
  }

  /** A property of the player, as JSON. */
  get(name) {
    return this.eval((property) => document.querySelector('cliffhanger-player')[property], name);
  }

  /** Calls a method of the player and awaits it. */
  call(name, ...args) {
    return this.eval((method, values) => document.querySelector('cliffhanger-player')[method](...values), name, args);
  }

  /** Every `<video>` of the player: the pooled ones and the adopted one. */
  videos() {
    return this.eval(() => {
      const player = document.querySelector('cliffhanger-player');
      return [...player.shadowRoot.querySelectorAll('video'), ...player.querySelectorAll('video')].map((video) => ({
        source: Boolean(video.getAttribute('src') || video.srcObject || video.querySelector('source')), src: video.getAttribute('src'),
        currentSrc: video.currentSrc, networkState: video.networkState, readyState: video.readyState, paused: video.paused, muted: video.muted, time: video.currentTime,
      }));
    });
  }

  /** Whether a part of the player is on the screen. */
  shows(part) {
    return this.eval((name) => [...document.querySelector('cliffhanger-player').shadowRoot.querySelectorAll(`[part~="${name}"]`)]
      .some((element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && element.getBoundingClientRect().height > 0), part);
  }

  untilShows(part, wanted = true) {
    return this.until((name, want) => [...document.querySelector('cliffhanger-player').shadowRoot.querySelectorAll(`[part~="${name}"]`)]
      .some((element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && element.getBoundingClientRect().height > 0) === want,
    { args: [part, wanted], what: `part ${part} ${wanted ? 'shown' : 'gone'}` });
  }

  /** Text of a part. */
  text(part) {
    return this.eval((name) => [...document.querySelector('cliffhanger-player').shadowRoot.querySelectorAll(`[part~="${name}"]`)].map((element) => element.innerText).join('\n'), part);
  }

  fling(options) { return fling(this.cdp, options); }

  /** The finger comes down, moves and stays. */
  drag(options) { return drag(this.cdp, options); }

  tap(x, y) { return tap(this.cdp, x, y); }

  /** Flicks forward and waits until episode `n` is current and at rest. */
  async flingTo(n, options) {
    await this.fling(options);
    await this.at(n);
    await this.settled();
  }

  /** Turns the wheel once; several amounts are one gesture, as a trackpad sends it. */
  wheel(amounts, { x = 195, y = 400 } = {}) {
    return Promise.all([amounts].flat().map((deltaY) => this.cdp.send('Input.dispatchMouseEvent', { type: 'mouseWheel', x, y, deltaX: 0, deltaY })));
  }

  screenshot() { return this.page.screenshot(); }

  /** What happened, for a failing test's report. */
  async story() {
    const events = await this.eval(() => (window.seen ?? []).slice(-40).map(({ type, detail, at }) => {
      const told = [detail?.episode?.n, detail?.cause ?? detail?.outcome ?? detail?.access ?? detail?.code].filter((part) => part !== undefined);
      return `${Math.round(at)} ${type}${told.length ? `(${told.join(' ')})` : ''}`;
    }).join(', ')).catch(String);
    return `events: ${events}\nconsole: ${this.console.slice(-15).join('\n')}\npage errors: ${this.pageErrors.join('\n')}`;
  }
}
