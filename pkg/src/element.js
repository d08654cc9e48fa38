// The element class: attributes, properties, methods and events. It decides nothing; whatever it is told it
// passes to the player in wasm, and keeps what comes before that has arrived.
import { isTrap, load, loadGlue, loadLater, loadWords, setWasm } from './loader.js';
import { opening } from './opening.js';

export { setWasm };

let hls;
/**
 * Says where hls.js is. It is loaded when a playlist comes that neither the player nor the browser plays.
 * @param {string | URL | (() => Promise<object>)} module its address as a module, or what imports it
 */
export function setHls(module) {
  hls = module;
}

/** Returns what stops it; nothing where the browser plays the playlist itself, or is to say that it cannot. */
function playHls(job) {
  if (!job.hls || job.video.canPlayType('application/vnd.apple.mpegurl')) return undefined;
  import('./hls.js').then(({ play }) => play(job));
  return () => {
    job.over = true;
    job.stop?.();
  };
}

/** How long an element may be out of the document before it is given up for good, in milliseconds. */
const PATIENCE = 5000;
/** How long the player's wasm waits for a manifest that may show what can be opened before it, and then for that, in milliseconds. */
const MANIFEST_WAIT = 500;
const PICTURE_WAIT = 2000;
const after = (wait) => new Promise((resolve) => { setTimeout(resolve, wait); });

/** What read-only properties say before the player has arrived. */
const BEFORE = {
  paused: true, ended: false, duration: NaN, error: null, series: null, episodes: [], currentEpisode: null,
  access: 'checking', paywall: null, isReady: false, stats: null,
};
const SETTABLE = { currentTime: 0, muted: false, volume: 1, playbackRate: 1 };
const text = (element, attribute) => element.getAttribute(attribute) ?? '';
const flag = (element, attribute) => element.hasAttribute(attribute);
/** Properties that are attributes: which one, and how it is read. */
const REFLECTED = {
  src: ['src', text], gate: ['gate', text], episode: ['episode', text], wasmUrl: ['wasm-url', text], hlsUrl: ['hls-url', text],
  freeEpisodes: ['free-episodes', (element, attribute) => (flag(element, attribute) ? Number(text(element, attribute)) : null)],
  preload: ['preload', (element, attribute) => text(element, attribute) || 'auto'],
  crossOrigin: ['crossorigin', (element, attribute) => element.getAttribute(attribute)],
  autoplay: ['autoplay', flag], loop: ['loop', flag], defaultMuted: ['muted', flag], deepLink: ['deep-link', flag],
  noAutoAdvance: ['no-auto-advance', flag], noResume: ['no-resume', flag], noKeyboard: ['no-keyboard', flag], noUi: ['no-ui', flag],
};
/** What to do for each player of the page when the wasm, which they share, has trapped. */
const breaks = new Set();
let broken = false;
function breakAll() {
  broken = true;
  breaks.forEach((tell) => tell());
}
const onError = (event) => isTrap(event.error ?? event.reason) && breakAll();

/** `unlockrequest`: answered with a promise, as a service worker answers a fetch. */
class UnlockRequestEvent extends (globalThis.CustomEvent ?? class {}) {
  #open = true;
  #answer;

  /** @param {Promise<object | true>} answer resolves with a grant, or is rejected with the reason to show */
  respondWith(answer) {
    if (!this.#open || this.#answer) {
      throw new DOMException('respondWith() may be called once, while the event is dispatched', 'InvalidStateError');
    }
    this.#answer = Promise.resolve(answer);
  }

  /** Dispatches one. `undefined`: nobody answered; `true`: prevented; else the promise. */
  static ask(element, detail) {
    const event = new UnlockRequestEvent('unlockrequest', { detail, cancelable: true });
    const unprevented = element.dispatchEvent(event);
    event.#open = false;
    return event.#answer ?? (unprevented ? undefined : true);
  }
}

/** `<cliffhanger-player>` */
export class CliffhangerPlayer extends (globalThis.HTMLElement ?? class {}) {
  static version = __CLIFFHANGER_VERSION__;
  static observedAttributes = Object.values(REFLECTED).map(([name]) => name);

  #controller;
  #over = false;
  #waiting = [];
  #early = {};
  #moves = 0;
  /** Responses asked for before the wasm has come, by address. */
  #asked = {};
  /** What shows the first episode meanwhile. */
  #opened;
  #internals;

  constructor() {
    super();
    try {
      this.#internals = this.attachInternals();
    } catch {
      // An old browser: no custom states.
    }
  }

  connectedCallback() {
    this.#moves++;
    for (const name of [...Object.keys(REFLECTED), ...Object.keys(SETTABLE)]) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name]; // set before the class was defined
      delete this[name];
      this[name] = value;
    }
    if (this.#controller) this.#enter((player) => player.connected(true));
    else if (!this.#over) this.#start();
  }

  disconnectedCallback() {
    const move = ++this.#moves;
    this.#enter((player) => player.connected(false));
    setTimeout(() => move === this.#moves && this.#end(), PATIENCE);
  }

  attributeChangedCallback() {
    this.#enter((player) => player.configured());
  }

  /** @returns {Promise<void>} */
  play() { return this.#ask('play'); }
  pause() { this.#tell('pause'); }
  /** @returns {Promise<boolean>} */
  next() { return this.#ask('next'); }
  /** @returns {Promise<boolean>} */
  previous() { return this.#ask('previous'); }
  /** @param {string | number} episode its id, or its ordinal @returns {Promise<boolean>} */
  goTo(episode) { return this.#ask('goTo', episode); }
  /** Episodes in a list go to the feed; nodes become children, as in every element. */
  append(...added) { Array.isArray(added[0]) ? this.#tell('append', added[0]) : super.append(...added); }
  grant(id, grant) { this.#tell('grant', id, grant); }
  refreshAccess() { this.#tell('refreshAccess'); }
  dismissPaywall() { this.#tell('dismissPaywall'); }
  destroy() {
    this.#over = true;
    this.#end();
  }

  /** Starts with the manifest at once, or as soon as the page's own first video shows something; with the wasm as soon as the first episode does. */
  async #start() {
    const video = this.querySelector(':scope > video[autoplay]');
    if (video && video.readyState < 2 && !video.error) {
      await this.#patiently(new Promise((resolve) => {
        for (const type of ['loadeddata', 'error']) video.addEventListener(type, resolve, { once: true });
      }));
    }
    const address = this.getAttribute('src');
    const opening = this.#open(address && (this.#asked[address] ??= fetch(address))).catch(() => {}); // told when it is asked for
    try {
      await undefined; // the script that defines the element may go on to say where the wasm is
      const words = loadWords(this.closest('[lang]')?.lang, this.wasmUrl);
      await this.#patiently((await Promise.race([opening, after(MANIFEST_WAIT)]))?.shown);
      const Controller = await load(this.wasmUrl);
      await this.#parsed();
      await this.#opened?.rest?.();
      if (!this.isConnected || this.#controller || this.#over) return;
      if (broken) return this.#break();
      const opened = this.#handOver();
      this.#controller = new Controller(this, {
        take: (url) => this.#take(url),
        opened,
        ask: Controller.ask,
        loadLater,
        words,
        requestUnlock: (detail) => UnlockRequestEvent.ask(this, detail),
        playHls: (video, url) => playHls({ video, url, hls: this.hlsUrl || hls }),
        setState: (name, on) => this.#internals?.states?.[on ? 'add' : 'delete'](name),
      }, opened?.opener);
    } catch (error) {
      this.#uncover();
      return this.#fail(isTrap(error) ? 'player-broken' : 'wasm-unavailable', error);
    }
    breaks.add(this.#break);
    for (const type of ['error', 'unhandledrejection']) addEventListener(type, onError);
    this.#enter((player) => player.connected(true));
    for (const deliver of this.#waiting.splice(0)) deliver();
  }

  /** What shows the first picture has the link to itself until then, but not for ever, and not when there is something to do. */
  #patiently(shown) {
    return shown && Promise.race([shown, after(PICTURE_WAIT), new Promise((resolve) => {
      for (const type of ['pointerdown', 'keydown', 'wheel']) this.addEventListener(type, resolve, { capture: true, once: true, passive: true });
    })]);
  }

  /**
   * Asks for the first bytes of the first episode before the wasm is asked for, when it is certain that they are what comes first, and shows them.
   * @param {Promise<Response> | '' | null} response brings the manifest, unless it is in the page
   */
  async #open(response) {
    const Source = globalThis.ManagedMediaSource ?? globalThis.MediaSource;
    const given = () => this.querySelector(':scope > video');
    if (!Source || !this.autoplay || this.episode || this.deepLink && location.hash || this.crossOrigin || this.preload === 'none' || given()) return;
    const early = await response;
    await this.#parsed();
    if (given()) return;
    const parsed = early ? early.json() : JSON.parse(this.querySelector(':scope > script[type="application/json"]').textContent);
    if (early) early.json = () => parsed; // a long one is not read twice
    const manifest = await parsed;
    if (!this.noResume && localStorage.getItem(`cliffhanger:${manifest.series.id}`)) return;
    const base = early?.url ?? document.baseURI;
    const url = opening(manifest, base, this.freeEpisodes);
    if (!url || this.#controller || this.#opened || !this.isConnected) return;
    const askedAt = performance.now();
    const asked = this.#asked[url] = fetch(url, { headers: { range: 'bytes=0-262143' }, priority: 'high' });
    const [video, source] = [document.createElement('video'), new Source()];
    video.disableRemotePlayback = true; // an iPhone opens none else
    video.src = URL.createObjectURL(source);
    const opened = this.#opened = { url, askedAt, video, source, buffers: [], base, next: manifest.episodes[1] };
    asked.then(() => { opened.answeredAt = performance.now(); }).catch(() => {});
    opened.shown = loadGlue().then(({ show }) => show(this, opened, asked)).catch((error) => isTrap(error) && breakAll()); // else the player asks again
    return opened;
  }

  /** What the player takes over of what was shown before it was there. */
  #handOver() {
    const opened = this.#opened;
    this.#opened = undefined;
    if (!opened) return undefined;
    opened.over = true;
    if (opened.hand) this.#asked[opened.url] = opened.failed ? undefined : opened.hand();
    if (!opened.failed) return opened;
    URL.revokeObjectURL(opened.video.src);
    return undefined;
  }

  /** Where there is no player the page shows what it has inside. */
  #uncover() {
    this.shadowRoot?.replaceChildren(document.createElement('slot'));
  }

  /** Children of an element that is still being parsed may hold the video or the manifest. */
  #parsed() {
    for (let node = this; node; node = node.parentNode) if (node.nextSibling) return;
    if (document.readyState !== 'loading') return;
    return new Promise((resolve) => document.addEventListener('DOMContentLoaded', resolve, { once: true }));
  }

  #take(url) {
    const known = this.#asked[url];
    delete this.#asked[url];
    return known;
  }

  /** Runs `visit` with the player, if it is there and well. */
  #enter(visit) {
    if (!this.#controller || broken) return undefined;
    try {
      return visit(this.#controller);
    } catch (error) {
      if (!isTrap(error)) throw error;
      breakAll();
      return undefined;
    }
  }

  #ask(method, argument) {
    if (this.#controller) return this.#enter((player) => player.call(method, argument)) ?? Promise.reject(dead());
    if (this.#over) return Promise.reject(dead());
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => (this.#over ? reject(dead()) : resolve(this.#ask(method, argument))));
    });
  }

  #tell(method, first, second) {
    if (this.#controller) this.#enter((player) => player.call(method, first, second));
    else if (!this.#over) this.#waiting.push(() => this.#over || this.#tell(method, first, second));
  }

  /** Lets go of the player. Freed later: a call into it may be under way. */
  #end() {
    const controller = this.#controller;
    if (controller) {
      this.#enter((player) => player.call('destroy'));
      this.#controller = undefined;
      breaks.delete(this.#break);
      setTimeout(() => broken || controller.free());
    }
    if (this.#opened) {
      const { url, video } = this.#opened;
      this.#handOver();
      URL.revokeObjectURL(video.src);
      this.#take(url)?.then(({ body }) => body.getReader().cancel()).catch(() => {});
      this.#uncover();
    }
    if (this.#over) for (const deliver of this.#waiting.splice(0)) deliver();
  }

  /** After a trap nothing may call the wasm again, and the instance is shared by all players. */
  #break = () => {
    this.#controller = undefined;
    breaks.delete(this.#break);
    this.#fail('player-broken', 'The player stopped working; reload the page.');
  };

  /** The page keeps its own video, now with the browser's controls. */
  #fail(code, reason) {
    if (this.#over) return;
    this.#over = true;
    this.#end();
    const video = this.querySelector(':scope > video');
    if (video) video.controls = true;
    const message = String(reason?.message ?? reason);
    this.dispatchEvent(new CustomEvent('error', { detail: { type: 'internal', code, fatal: true, message, episode: null } }));
  }

  static {
    const define = (name, get, set) => Object.defineProperty(this.prototype, name, { get, set, configurable: true, enumerable: true });
    for (const [name, before] of Object.entries({ ...BEFORE, ...SETTABLE })) {
      const settable = name in SETTABLE;
      define(
        name,
        function () {
          const value = this.#enter((player) => player.get(name));
          if (value !== undefined) return value;
          return this.#early[name] ?? (name === 'muted' ? this.defaultMuted : before);
        },
        settable && function (value) {
          value = name === 'muted' ? !!value : Number(value);
          if (!Number.isFinite(Number(value))) throw new TypeError(`${name} must be a finite number`);
          if (name === 'volume' && (value < 0 || value > 1)) throw new DOMException('volume must be from 0 to 1', 'IndexSizeError');
          const set = () => this.#enter((player) => player.set(name, value));
          if (this.#controller) return set();
          this.#early[name] = value;
          this.#waiting.push(set);
        } || undefined,
      );
    }
    for (const [name, [attribute, read]] of Object.entries(REFLECTED)) {
      define(
        name,
        function () {
          return read(this, attribute);
        },
        function (value) {
          if (value === null || value === undefined || (read === flag && !value)) this.removeAttribute(attribute);
          else this.setAttribute(attribute, read === flag ? '' : value);
        },
      );
    }
  }
}

function dead() {
  return new DOMException('this player is over', 'InvalidStateError');
}
