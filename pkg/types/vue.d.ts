// Generated from core/src/surface.rs by `cargo xtask generate`: do not edit.
// For Vue 3: import type {} from 'cliffhanger-player/types/vue';
import type { DefineComponent, HTMLAttributes, ReservedProps } from 'vue';
import type { CliffhangerPlayerOwnEventMap } from './cliffhanger.js';

export interface CliffhangerPlayerAttributes {
  /** The series manifest's URL; a child `<script type="application/json">` may hold the manifest instead. */
  'src'?: string;
  /** Number of free episodes in `open` and `host` access; with a gate the server decides, and this warns. */
  'free-episodes'?: number | string;
  /** Base URL of the gate. */
  'gate'?: string;
  /** Id or ordinal of the episode to start with. */
  'episode'?: number | string;
  /** Starts by itself, without sound where the browser wants that. */
  'autoplay'?: boolean;
  /** Starts without sound; the property `muted` is the sound now. */
  'muted'?: boolean;
  /** Repeats the episode instead of going on to the next. */
  'loop'?: boolean;
  /** As on `<video>`. */
  'crossorigin'?: '' | 'anonymous' | 'use-credentials';
  /** How far the next episode is prepared. */
  'preload'?: 'auto' | 'metadata' | 'none';
  /** Keeps `#e=<ordinal>&t=<seconds>` in the address, and starts there. */
  'deep-link'?: boolean;
  /** Stays at the end of an episode. */
  'no-auto-advance'?: boolean;
  /** Forgets where the viewer stopped. */
  'no-resume'?: boolean;
  /** Leaves every key to the page. */
  'no-keyboard'?: boolean;
  /** Draws no controls: the page brings its own. */
  'no-ui'?: boolean;
  /** Where the wasm is, when a bundler has not copied it. */
  'wasm-url'?: string;
  /** Where hls.js is, as a module: loaded only for HLS that neither the player nor the browser plays. */
  'hls-url'?: string;
}

export interface CliffhangerPlayerHandlers {
  onReady?: (event: CliffhangerPlayerOwnEventMap['ready']) => void;
  onEpisodechange?: (event: CliffhangerPlayerOwnEventMap['episodechange']) => void;
  onEpisodeprogress?: (event: CliffhangerPlayerOwnEventMap['episodeprogress']) => void;
  onFirstframe?: (event: CliffhangerPlayerOwnEventMap['firstframe']) => void;
  onSeriesend?: (event: CliffhangerPlayerOwnEventMap['seriesend']) => void;
  onPaywallopen?: (event: CliffhangerPlayerOwnEventMap['paywallopen']) => void;
  onPaywallclose?: (event: CliffhangerPlayerOwnEventMap['paywallclose']) => void;
  onUnlockrequest?: (event: CliffhangerPlayerOwnEventMap['unlockrequest']) => void;
  onAccesschange?: (event: CliffhangerPlayerOwnEventMap['accesschange']) => void;
  onLike?: (event: CliffhangerPlayerOwnEventMap['like']) => void;
  onShare?: (event: CliffhangerPlayerOwnEventMap['share']) => void;
  onCue?: (event: CliffhangerPlayerOwnEventMap['cue']) => void;
  onError?: (event: CliffhangerPlayerOwnEventMap['error']) => void;
  onPlay?: (event: CliffhangerPlayerOwnEventMap['play']) => void;
  onPause?: (event: CliffhangerPlayerOwnEventMap['pause']) => void;
  onPlaying?: (event: CliffhangerPlayerOwnEventMap['playing']) => void;
  onWaiting?: (event: CliffhangerPlayerOwnEventMap['waiting']) => void;
  onSeeking?: (event: CliffhangerPlayerOwnEventMap['seeking']) => void;
  onSeeked?: (event: CliffhangerPlayerOwnEventMap['seeked']) => void;
  onTimeupdate?: (event: CliffhangerPlayerOwnEventMap['timeupdate']) => void;
  onEnded?: (event: CliffhangerPlayerOwnEventMap['ended']) => void;
  onRatechange?: (event: CliffhangerPlayerOwnEventMap['ratechange']) => void;
  onVolumechange?: (event: CliffhangerPlayerOwnEventMap['volumechange']) => void;
}

export type CliffhangerPlayerProps = ReservedProps & HTMLAttributes & CliffhangerPlayerAttributes & CliffhangerPlayerHandlers;

declare module 'vue' {
  interface GlobalComponents {
    'cliffhanger-player': DefineComponent<CliffhangerPlayerProps>;
  }
}
declare module 'vue/jsx-runtime' {
  namespace JSX {
    interface IntrinsicElements {
      'cliffhanger-player': CliffhangerPlayerProps;
    }
  }
}
