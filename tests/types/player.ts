// What a TypeScript page writes. Every `@ts-expect-error` stands above code that must be refused: where it is not, tsc fails.
import 'cliffhanger-player';
import { CliffhangerPlayer, setWasm } from 'cliffhanger-player';
import { CliffhangerPlayer as FromElement } from 'cliffhanger-player/element';
import type { Access, Cause, Episode, ErrorCode, Grant, Offer, PlayerError, Stats } from 'cliffhanger-player/types';

declare function pay(offer: Offer | null): Promise<Grant>;
declare const link: HTMLAnchorElement;

setWasm('/player.wasm');
setWasm(new URL('https://cdn.example/a.wasm'), new Uint8Array(8));
// @ts-expect-error something is needed
setWasm();
// @ts-expect-error null is nothing
setWasm(null);

const player = document.createElement('cliffhanger-player');
const same: CliffhangerPlayer = player;
const also: FromElement = new FromElement();
const found: CliffhangerPlayer | null = document.querySelector('cliffhanger-player');
document.body.append(same, also);

// Attributes as properties.
player.src = '/series.json';
player.freeEpisodes = 5;
player.freeEpisodes = null;
player.preload = 'metadata';
player.crossOrigin = 'anonymous';
player.noUi = player.deepLink = player.autoplay = true;
// @ts-expect-error not one of the three
player.preload = 'everything';
// @ts-expect-error a number
player.freeEpisodes = 'five';
// @ts-expect-error no such attribute
player.freeEpisode = 5;

// Properties.
player.currentTime = 12.5;
player.muted = false;
const access: Access = player.access;
const episode: Episode | null = player.currentEpisode;
const stats: Stats | null = player.stats;
const title: string | undefined = player.series?.title;
const failure: ErrorCode | undefined = player.error?.code;
// @ts-expect-error read-only
player.paused = true;
// @ts-expect-error may be null
const ordinal: number = player.currentEpisode.n;
// @ts-expect-error no object holds a media URL
const url = player.episodes[0]?.renditions;

// Methods.
const moved: Promise<boolean> = player.goTo('e007');
player.goTo(7).then((there) => there === false);
player.append([{ id: 'e9', n: 9, renditions: [{ type: 'mp4', url: 'e9.mp4' }] }]);
player.append(document.createElement('video'), 'or words');
player.grant('e006', true);
player.grant('e006', { renditions: [{ type: 'hls', url: 'https://cdn.example/e6.m3u8' }], expiresMs: Date.now() + 60_000 });
// @ts-expect-error an ordinal is needed
player.append([{ id: 'e9' }]);
// @ts-expect-error an id is needed
player.grant({ renditions: [] });
// @ts-expect-error no such container
player.grant('e006', { renditions: [{ type: 'webm', url: 'e6.webm' }] });
// @ts-expect-error false is no grant
player.grant('e006', false);
// @ts-expect-error an id or an ordinal
player.goTo(true);
// @ts-expect-error gives a promise
const instantly: boolean = player.next();

// Events.
player.addEventListener('episodechange', function (event) {
  const cause: Cause = event.detail.cause;
  this.goTo(event.detail.previous.n);
  // @ts-expect-error not a cause
  if (cause === 'magic') return;
});
player.addEventListener('episodeprogress', ({ detail }) => detail.quartile === 25);
player.addEventListener('episodeprogress', ({ detail }) => {
  // @ts-expect-error quarters only
  return detail.quartile === 33;
});
player.addEventListener('error', ({ detail }) => { const told: PlayerError = detail; return told.code === 'media-not-found'; });
player.addEventListener('error', ({ detail }) => {
  // @ts-expect-error no such code
  return detail.code === 'media-not-fond';
});
player.addEventListener('unlockrequest', (event) => {
  event.respondWith(pay(event.detail.offer));
  event.respondWith(Promise.resolve(true as const));
  // @ts-expect-error a promise of a grant
  event.respondWith({ renditions: [] });
  const { offer } = event.detail;
  if (offer?.kind === 'coins') link.textContent = `${offer.coins} coins, ${offer.moneyEquivalent.amount}`;
  // @ts-expect-error coins have no price of their own
  if (offer?.kind === 'coins') link.textContent = offer.price;
});
player.addEventListener('seriesend', (event) => event.preventDefault(), { once: true });
player.addEventListener('timeupdate', () => player.currentTime);
player.addEventListener('click', (event) => event.clientX);
player.addEventListener('of-my-own', (event) => event.timeStamp);
player.addEventListener('ready', (event) => {
  // @ts-expect-error the detail is typed
  return event.detail.versoin;
});
const hear = (event: CustomEvent<{ version: string }>) => event.detail.version;
player.addEventListener('ready', hear);
player.removeEventListener('ready', hear);

import { CliffhangerPlayer as Nothing } from 'cliffhanger-player/types';
// @ts-expect-error the types have no values
new Nothing();
// @ts-expect-error no such entry
import 'cliffhanger-player/dist/cliffhanger.js';

export { access, episode, stats, title, failure, ordinal, url, moved, instantly, found };
