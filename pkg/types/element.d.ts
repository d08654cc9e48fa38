// Generated from core/src/surface.rs by `cargo xtask generate`: do not edit.

/** Access to an episode. */
export type Access = 'free' | 'granted' | 'checking' | 'locked';

/** Why an episode is locked. */
export type Reason = 'beyond-free' | 'locked' | 'expired' | 'unreleased';

/** What moved the feed. */
export type Cause = 'swipe' | 'key' | 'wheel' | 'button' | 'autoadvance' | 'api' | 'deeplink';

/** How the paywall was left. */
export type PaywallOutcome = 'unlocked' | 'dismissed';

/** What an error concerns. */
export type ErrorType = 'network' | 'media' | 'manifest' | 'access' | 'internal';

/** What went wrong; each has a heading in docs/errors.md. */
export type ErrorCode = 'manifest-unreachable' | 'manifest-status' | 'manifest-not-json' | 'manifest-version' | 'manifest-shape' | 'manifest-no-episodes' | 'manifest-too-many-episodes' | 'manifest-duplicate-id' | 'manifest-bad-url' | 'manifest-too-deep' | 'media-not-found' | 'media-forbidden' | 'media-server' | 'media-unreachable' | 'media-timeout' | 'media-unsupported' | 'media-decode' | 'media-no-rendition' | 'gate-unreachable' | 'grant-invalid' | 'unlock-unanswered' | 'wasm-unavailable' | 'player-broken';

/** The series. */
export interface Series {
  id: string;
  title: string;
  /** May be empty. */
  synopsis: string;
  /** BCP 47. */
  lang: string;
  /** Absolute URL. */
  poster: string | null;
  /** Planned, which may be more than there are. */
  totalEpisodes: number;
  /** Who decides access. */
  mode: 'open' | 'host' | 'gate';
  /** The count in force. */
  freeEpisodes: number;
}

/** An episode. */
export interface Episode {
  id: string;
  /** Ordinal, from 1. */
  n: number;
  /** May be empty. */
  title: string;
  /** By the catalogue. */
  durationMs: number | null;
  /** Absolute URL. */
  poster: string | null;
  access: Access;
}

/** An amount of money. */
export interface Money {
  /** In minor units. */
  amount: number;
  /** ISO 4217. */
  currency: string;
  taxIncluded?: boolean;
}

/** A way past the wall, as the manifest or the gate gives it. */
export type Offer = CoinsOffer | AdOffer | PurchaseOffer | SubscriptionOffer | PackOffer;

/** Pay with coins. */
export interface CoinsOffer {
  id: string;
  kind: 'coins';
  /** What it unlocks. */
  scope: 'episode' | 'rest' | 'series';
  coins: number;
  /** Always shown beside the coins. */
  moneyEquivalent: Money;
  /** The operator's own words. */
  label?: string;
}

/** Watch an ad. */
export interface AdOffer {
  id: string;
  kind: 'ad';
  scope: 'episode';
  provider: string;
  /** How the gate learns that it was watched. */
  assurance: 'verified' | 'reported';
  /** How long the episode stays open. */
  grantHours?: number;
  /** The operator's own words. */
  label?: string;
}

/** Something that happens at a time of an episode. */
export interface Cue {
  id: string;
  kind: 'product' | 'chapter' | 'cta';
  atMs: number;
  untilMs?: number;
  label: string;
  href?: string;
  image?: { url: string };
  price?: Money;
  /** A product without one is not shown. */
  disclosure?: 'ad' | 'paid-promotion' | 'affiliate' | 'none';
  /** Left, top, width and height in shares of the picture. */
  box?: [number, number, number, number];
}

/** Buy once. */
export interface PurchaseOffer {
  id: string;
  kind: 'purchase';
  /** What it unlocks. */
  scope: 'episode' | 'rest' | 'series';
  price: Money;
  /** The operator's own words. */
  label?: string;
}

/** Subscribe. */
export interface SubscriptionOffer {
  id: string;
  kind: 'subscription';
  price: Money;
  /** ISO 8601 duration, such as `P1W`. */
  period: string;
  /** Where to cancel; shown beside the price. */
  manageUrl: string;
  /** The operator's own words. */
  label?: string;
}

/** Buy coins. */
export interface PackOffer {
  id: string;
  kind: 'pack';
  coins: number;
  bonusCoins?: number;
  price: Money;
  /** The operator's own words. */
  label?: string;
}

/** The wall before the viewer. */
export interface Paywall {
  episode: Episode;
  /** Why it is locked. */
  reason: Reason;
  /** In order. */
  offers: Offer[];
}

/** One way to get the media of an episode. */
export interface Rendition {
  type: 'mp4' | 'hls';
  /** Https, or relative. */
  url: string;
  /** RFC 6381. */
  codecs?: string;
  /** Pixels. */
  width?: number;
  /** Pixels. */
  height?: number;
  /** Bits per second. */
  bitrate?: number;
}

/** Captions in one language. */
export interface Caption {
  /** BCP 47. */
  lang: string;
  /** Of a WebVTT file. */
  url: string;
  label?: string;
  /** Shown unless the viewer says otherwise. */
  default?: boolean;
}

/** Leave to watch one episode. */
export interface Grant {
  /** At least one. */
  renditions: Rendition[];
  /** Else the manifest's. */
  captions?: Caption[];
  /** Milliseconds since 1970. */
  expiresMs?: number | null;
  /** Milliseconds since 1970: when to ask for a fresh one. */
  refreshAfterMs?: number | null;
}

/** An episode as a manifest has it, for `append()`. */
export interface ManifestEpisode {
  /** Unique in the feed. */
  id: string;
  /** Ordinal, from 1. */
  n: number;
  title?: string;
  durationMs?: number;
  poster?: { url: string };
  /** Its own rule. */
  access?: { state?: 'free' | 'locked'; offers?: string[]; freeAfter?: string };
  /** RFC 3339: when it may be shown. */
  window?: { from?: string; until?: string };
  renditions?: Rendition[];
  captions?: Caption[];
}

/** What was fetched, and how episodes started. Bytes are those the player fetches itself. */
export interface Stats {
  bytesFetched: number;
  bytesWatched: number;
  bytesWasted: number;
  /** Null while unmeasured. */
  throughputBitsPerSecond: number | null;
  /** One for each pooled video. */
  slots: SlotStats[];
  /** The last hundred visits. */
  episodes: VisitStats[];
}

/** A pooled video. */
export interface SlotStats {
  /** Its id. */
  episode: string | null;
  bufferedSeconds: number;
}

/** How an episode started. */
export interface VisitStats {
  /** Its id. */
  episode: string;
  startPath: 'adopted' | 'preloaded' | 'cold';
  /** Fed by bytes, or by plain URL. */
  source: 'ranges' | 'src';
  /** From the settling of the gesture. */
  firstFrameMs: number;
}

/** Detail of `ready`. */
export interface ReadyDetail {
  /** Of the player. */
  version: string;
}

/** Detail of `episodechange`. */
export interface EpisodeChangeDetail {
  episode: Episode;
  /** The one before. */
  previous: Episode;
  cause: Cause;
}

/** Detail of `episodeprogress`. */
export interface EpisodeProgressDetail {
  episode: Episode;
  /** Percent watched. */
  quartile: 25 | 50 | 75 | 100;
}

/** Detail of `firstframe`. */
export interface FirstFrameDetail {
  episode: Episode;
  /** From the settling of the gesture. */
  latencyMs: number;
  /** It was there before the gesture. */
  preloaded: boolean;
}

/** Detail of `seriesend`. */
export interface SeriesEndDetail {
  series: Series;
}

/** Detail of `paywallopen`. */
export interface PaywallOpenDetail {
  episode: Episode;
  /** Why it is locked. */
  reason: Reason;
  /** The ways past the wall, in order. */
  offers: Offer[];
}

/** Detail of `paywallclose`. */
export interface PaywallCloseDetail {
  episode: Episode;
  outcome: PaywallOutcome;
}

/** Detail of `unlockrequest`. */
export interface UnlockRequestDetail {
  series: Series;
  episode: Episode;
  /** Null where the series has none. */
  offer: Offer | null;
}

/** Detail of `accesschange`. */
export interface AccessChangeDetail {
  episode: Episode;
  access: Access;
}

/** Detail of `like`. */
export interface LikeDetail {
  episode: Episode;
  /** False when taken back. */
  liked: boolean;
}

/** Detail of `share`. */
export interface ShareDetail {
  series: Series;
  episode: Episode;
}

/** Detail of `cue`. */
export interface CueDetail {
  episode: Episode;
  /** As in the manifest or the grant. */
  cue: Cue;
}

/** What went wrong. */
export interface PlayerError {
  type: ErrorType;
  /** Has a heading in docs/errors.md. */
  code: ErrorCode;
  /** The series cannot go on; otherwise one episode or one detail is concerned. */
  fatal: boolean;
  /** For developers, in English. */
  message: string;
  /** Id of the episode concerned. */
  episode: string | null;
}

/** `unlockrequest`: answered with a promise, as a service worker answers a fetch. */
export interface UnlockRequestEvent extends CustomEvent<UnlockRequestDetail> {
  /** Once, while the event is dispatched. A rejected promise keeps the sheet open with its message. */
  respondWith(answer: PromiseLike<Grant | true>): void;
}

/** The player's own events. They do not bubble. */
export interface CliffhangerPlayerOwnEventMap {
  /** The series is there; calls are answered directly from now on. */
  ready: CustomEvent<ReadyDetail>;
  /** Another episode is current. */
  episodechange: CustomEvent<EpisodeChangeDetail>;
  /** A quarter of an episode has been watched. */
  episodeprogress: CustomEvent<EpisodeProgressDetail>;
  /** The first frame of an episode moves. */
  firstframe: CustomEvent<FirstFrameDetail>;
  /** The last episode has ended. Prevented: no end screen: show your own next step. */
  seriesend: CustomEvent<SeriesEndDetail>;
  /** The wall stands before the viewer. Prevented: no sheet: draw your own. */
  paywallopen: CustomEvent<PaywallOpenDetail>;
  /** The wall is gone, or the viewer turned away. */
  paywallclose: CustomEvent<PaywallCloseDetail>;
  /** The viewer chose an offer. Prevented: you answer later, with `grant()`. */
  unlockrequest: UnlockRequestEvent;
  /** Access to an episode changed. */
  accesschange: CustomEvent<AccessChangeDetail>;
  /** The viewer likes an episode, or no longer. Prevented: the heart stays as it is. */
  like: CustomEvent<LikeDetail>;
  /** The viewer wants to share an episode. Prevented: you share; otherwise `navigator.share`, else the link is copied. */
  share: CustomEvent<ShareDetail>;
  /** Something happens at this time of the episode. Prevented: you show it. */
  cue: CustomEvent<CueDetail>;
  /** Something went wrong. */
  error: CustomEvent<PlayerError>;
  /** Media event, dispatched again. */
  play: Event;
  /** Media event, dispatched again. */
  pause: Event;
  /** Media event, dispatched again. */
  playing: Event;
  /** Media event, dispatched again. */
  waiting: Event;
  /** Media event, dispatched again. */
  seeking: Event;
  /** Media event, dispatched again. */
  seeked: Event;
  /** Media event, dispatched again. */
  timeupdate: Event;
  /** Media event, dispatched again. */
  ended: Event;
  /** Media event, dispatched again. */
  ratechange: Event;
  /** Media event, dispatched again. */
  volumechange: Event;
}

/** All events of the element. */
export type CliffhangerPlayerEventMap = Omit<HTMLElementEventMap, keyof CliffhangerPlayerOwnEventMap> & CliffhangerPlayerOwnEventMap;

/** `<cliffhanger-player>` */
export declare class CliffhangerPlayer extends HTMLElement {
  /** Of the package. */
  static readonly version: string;
  /** Attribute `src`: The series manifest's URL; a child `<script type="application/json">` may hold the manifest instead. */
  src: string;
  /** Attribute `free-episodes`: Number of free episodes in `open` and `host` access; with a gate the server decides, and this warns. */
  freeEpisodes: number | null;
  /** Attribute `gate`: Base URL of the gate. */
  gate: string;
  /** Attribute `episode`: Id or ordinal of the episode to start with. */
  episode: string;
  /** Attribute `autoplay`: Starts by itself, without sound where the browser wants that. */
  autoplay: boolean;
  /** Attribute `muted`: Starts without sound; the property `muted` is the sound now. */
  defaultMuted: boolean;
  /** Attribute `loop`: Repeats the episode instead of going on to the next. */
  loop: boolean;
  /** Attribute `crossorigin`: As on `<video>`. */
  crossOrigin: string | null;
  /** Attribute `preload`: How far the next episode is prepared. */
  preload: 'auto' | 'metadata' | 'none';
  /** Attribute `deep-link`: Keeps `#e=<ordinal>&t=<seconds>` in the address, and starts there. */
  deepLink: boolean;
  /** Attribute `no-auto-advance`: Stays at the end of an episode. */
  noAutoAdvance: boolean;
  /** Attribute `no-resume`: Forgets where the viewer stopped. */
  noResume: boolean;
  /** Attribute `no-keyboard`: Leaves every key to the page. */
  noKeyboard: boolean;
  /** Attribute `no-ui`: Draws no controls: the page brings its own. */
  noUi: boolean;
  /** Attribute `wasm-url`: Where the wasm is, when a bundler has not copied it. */
  wasmUrl: string;
  /** Attribute `hls-url`: Where hls.js is, as a module: loaded only for HLS that neither the player nor the browser plays. */
  hlsUrl: string;
  /** Nothing plays and nothing was asked to. */
  readonly paused: boolean;
  /** The episode is at its end. */
  readonly ended: boolean;
  /** Seconds; NaN while unknown. */
  readonly duration: number;
  /** What stops the episode or the series. */
  readonly error: PlayerError | null;
  /** Position in seconds. */
  currentTime: number;
  /** No sound comes out. */
  muted: boolean;
  /** 0 to 1. */
  volume: number;
  /** 1 is the usual speed; 0.25 to 4. */
  playbackRate: number;
  /** The series; null before `ready`. */
  readonly series: Series | null;
  /** The episodes, in feed order. */
  readonly episodes: Episode[];
  /** The episode on the screen; null before `ready`. */
  readonly currentEpisode: Episode | null;
  /** Access to the current episode. */
  readonly access: Access;
  /** The wall before the viewer, if it stands there. */
  readonly paywall: Paywall | null;
  /** The series is there; calls are answered directly. */
  readonly isReady: boolean;
  /** What was fetched and how it started; null before the player has arrived. */
  readonly stats: Stats | null;
  /** Plays; rejected as that of a `<video>` is. */
  play(): Promise<void>;
  /** Pauses. */
  pause(): void;
  /** One episode on; false when there is none. */
  next(): Promise<boolean>;
  /** One episode back; false when there is none. */
  previous(): Promise<boolean>;
  /** To an id or an ordinal; a locked one opens the wall, an unknown one gives false. */
  goTo(episode: string | number): Promise<boolean>;
  /** More episodes at the end, as in the manifest; nodes become children as ever. */
  append(episodes: ManifestEpisode[]): void;
  append(...nodes: (Node | string)[]): void;
  /** Opens an episode; `true` means with the renditions the manifest has. */
  grant(id: string, grant: Grant | true): void;
  /** Asks again what is locked. */
  refreshAccess(): void;
  /** Closes the sheet on its slide. */
  dismissPaywall(): void;
  /** Ends the player for good and lets go of all it holds. */
  destroy(): void;
  addEventListener<K extends keyof CliffhangerPlayerEventMap>(type: K, listener: (this: CliffhangerPlayer, event: CliffhangerPlayerEventMap[K]) => unknown, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<K extends keyof CliffhangerPlayerEventMap>(type: K, listener: (this: CliffhangerPlayer, event: CliffhangerPlayerEventMap[K]) => unknown, options?: boolean | EventListenerOptions): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | EventListenerOptions): void;
}

/** An address, the bytes, or the compiled module. */
export type Wasm = string | URL | BufferSource | WebAssembly.Module;

/**
 * Says where the wasm is, when a bundler has not copied it. Call it before the first player is in the page.
 * Without `later`, `cliffhanger-later.wasm` is taken from beside the first.
 */
export declare function setWasm(wasm: Wasm, later?: Wasm): void;

/**
 * Says where hls.js is: its address as a module, or what imports it, `() => import('hls.js')`. It is loaded when a playlist comes that
 * neither the player nor the browser plays.
 */
export declare function setHls(module: string | URL | (() => Promise<object>)): void;
