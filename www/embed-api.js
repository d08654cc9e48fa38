// What the page around the iframe may ask and hear, by postMessage. docs/iframe.md is its documentation.
//
// The envelope and the names are those of player.js (0.0.11), so that its clients work as they are; `api` names ours.
// Only the parent is heard, only from one origin, and nothing is ever sent to another.

import { campaign } from './elsewhere.js';

export const API = 'cliffhanger/1';
const CONTEXT = 'player.js';
const VERSION = '0.0.11';

/** Events as player.js gives them: what `value` is made of. */
const time = (player) => ({ seconds: player.currentTime, duration: player.duration });
const EVENTS = {
  ready: null,
  play: () => undefined,
  pause: () => undefined,
  ended: () => undefined,
  seeked: () => undefined,
  timeupdate: time,
  error: (player, detail) => ({ code: detail.code, msg: detail.message, fatal: detail.fatal }),
};
for (const type of ['episodechange', 'episodeprogress', 'firstframe', 'seriesend', 'paywallopen', 'paywallclose', 'unlockrequest', 'accesschange', 'like', 'share']) {
  EVENTS[type] = (player, detail) => detail;
}
EVENTS.resize = null;

const METHODS = {
  play: (player) => player.play(),
  pause: (player) => player.pause(),
  getPaused: (player) => player.paused,
  mute: (player) => { player.muted = true; },
  unmute: (player) => { player.muted = false; },
  getMuted: (player) => player.muted,
  // player.js counts volume from 0 to 100.
  setVolume: (player, value) => { player.volume = Math.min(100, Math.max(0, Number(value))) / 100; },
  getVolume: (player) => Math.round(player.volume * 100),
  getDuration: (player) => player.duration,
  getCurrentTime: (player) => player.currentTime,
  setCurrentTime: (player, value) => { player.currentTime = Number(value); },
  setLoop: (player, value) => { player.loop = Boolean(value); },
  getLoop: (player) => player.loop,
  setPlaybackRate: (player, value) => { player.playbackRate = Number(value); },
  getPlaybackRate: (player) => player.playbackRate,
  next: (player) => player.next(),
  previous: (player) => player.previous(),
  goTo: (player, value) => player.goTo(value),
  getEpisode: (player) => player.currentEpisode,
  getEpisodes: (player) => player.episodes,
  getSeries: (player) => player.series,
  getAccess: (player) => player.access,
  grant: (player, value) => player.grant(value.id, value.grant),
  refreshAccess: (player) => player.refreshAccess(),
  dismissPaywall: (player) => player.dismissPaywall(),
};

/** The origin that may talk: the one the link names, else the one the browser says the parent has. Null: nobody. */
export function parentOrigin(named) {
  const text = named ?? window.location.ancestorOrigins?.[0] ?? document.referrer;
  if (!text || !URL.canParse(text)) return null;
  const { protocol, origin } = new URL(text);
  return protocol === 'https:' || protocol === 'http:' ? origin : null;
}

/** Answers the parent for `player`, until the page ends. Does nothing outside a frame. */
export function serve(player, origin) {
  if (window.parent === window || !origin) return;
  /** Listener ids by event; player.js has one for each `on()`. */
  const heard = new Map();
  /** How the visitor came, from the frame's own address: kept here, and given to the parent with each event. */
  const came = campaign(location.search);
  const send = (message) => window.parent.postMessage(JSON.stringify({ context: CONTEXT, version: VERSION, api: API, ...message, ...(message.event && Object.keys(came).length > 0 && { campaign: came }) }), origin);

  const tell = (type, value) => {
    for (const listener of heard.get(type) ?? []) send({ event: type, value, ...(listener !== null && { listener }) });
  };
  const hello = (listener = null) => send({
    event: 'ready', value: { src: location.href, events: Object.keys(EVENTS), methods: [...Object.keys(METHODS), 'addEventListener', 'removeEventListener'] },
    ...(listener !== null && { listener }),
  });

  for (const [type, value] of Object.entries(EVENTS)) {
    if (!value) continue;
    player.addEventListener(type, (event) => {
      if (!heard.get(type)?.size) return;
      // The parent answers later, with `grant`.
      if (type === 'unlockrequest') event.preventDefault();
      tell(type, value(player, event.detail));
    });
  }
  new ResizeObserver(([{ contentRect: { width, height } }]) => tell('resize', { width, height, wanted: Math.round((width * 16) / 9) })).observe(player);

  window.addEventListener('message', async ({ source, origin: from, data }) => {
    if (source !== window.parent || from !== origin) return;
    const asked = parse(data);
    if (asked?.context !== CONTEXT || (asked.api !== undefined && asked.api !== API)) return;
    const { method, value, listener = null } = asked;
    if (method === 'addEventListener' || method === 'removeEventListener') {
      if (!Object.hasOwn(EVENTS, value)) return;
      const listeners = heard.get(value) ?? new Set();
      if (method === 'addEventListener') listeners.add(listener);
      else if (listener === null) listeners.clear();
      else listeners.delete(listener);
      heard.set(value, listeners);
      if (value === 'ready' && method === 'addEventListener' && player.isReady) hello(listener);
      return;
    }
    if (!Object.hasOwn(METHODS, method)) return;
    try {
      const answer = await METHODS[method](player, value);
      if (listener !== null) send({ event: method, value: answer, listener });
    } catch (error) {
      send({ event: 'error', value: { code: error.name, msg: `${method}: ${error.message}`, fatal: false }, ...(listener !== null && { listener }) });
    }
  });

  if (player.isReady) hello();
  else player.addEventListener('ready', () => { hello(); (heard.get('ready') ?? []).forEach((listener) => listener !== null && hello(listener)); }, { once: true });
}

function parse(data) {
  try {
    const message = typeof data === 'string' ? JSON.parse(data) : data;
    return message && typeof message === 'object' ? message : null;
  } catch {
    return null;
  }
}
