// Generated from core/src/surface.rs by `cargo xtask generate`: do not edit.
// For React 19: import type {} from 'cliffhanger-player/types/react';
import type { DetailedHTMLProps, HTMLAttributes } from 'react';
import type { CliffhangerPlayer, CliffhangerPlayerOwnEventMap } from './cliffhanger.js';

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
  onready?: (event: CliffhangerPlayerOwnEventMap['ready']) => void;
  onepisodechange?: (event: CliffhangerPlayerOwnEventMap['episodechange']) => void;
  onepisodeprogress?: (event: CliffhangerPlayerOwnEventMap['episodeprogress']) => void;
  onfirstframe?: (event: CliffhangerPlayerOwnEventMap['firstframe']) => void;
  onseriesend?: (event: CliffhangerPlayerOwnEventMap['seriesend']) => void;
  onpaywallopen?: (event: CliffhangerPlayerOwnEventMap['paywallopen']) => void;
  onpaywallclose?: (event: CliffhangerPlayerOwnEventMap['paywallclose']) => void;
  onunlockrequest?: (event: CliffhangerPlayerOwnEventMap['unlockrequest']) => void;
  onaccesschange?: (event: CliffhangerPlayerOwnEventMap['accesschange']) => void;
  onlike?: (event: CliffhangerPlayerOwnEventMap['like']) => void;
  onshare?: (event: CliffhangerPlayerOwnEventMap['share']) => void;
  oncue?: (event: CliffhangerPlayerOwnEventMap['cue']) => void;
  onerror?: (event: CliffhangerPlayerOwnEventMap['error']) => void;
  onplay?: (event: CliffhangerPlayerOwnEventMap['play']) => void;
  onpause?: (event: CliffhangerPlayerOwnEventMap['pause']) => void;
  onplaying?: (event: CliffhangerPlayerOwnEventMap['playing']) => void;
  onwaiting?: (event: CliffhangerPlayerOwnEventMap['waiting']) => void;
  onseeking?: (event: CliffhangerPlayerOwnEventMap['seeking']) => void;
  onseeked?: (event: CliffhangerPlayerOwnEventMap['seeked']) => void;
  ontimeupdate?: (event: CliffhangerPlayerOwnEventMap['timeupdate']) => void;
  onended?: (event: CliffhangerPlayerOwnEventMap['ended']) => void;
  onratechange?: (event: CliffhangerPlayerOwnEventMap['ratechange']) => void;
  onvolumechange?: (event: CliffhangerPlayerOwnEventMap['volumechange']) => void;
}

export type CliffhangerPlayerProps = DetailedHTMLProps<HTMLAttributes<CliffhangerPlayer>, CliffhangerPlayer> &
  CliffhangerPlayerAttributes & CliffhangerPlayerHandlers;

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'cliffhanger-player': CliffhangerPlayerProps;
    }
  }
}
