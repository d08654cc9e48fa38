// Generated from core/src/surface.rs by `cargo xtask generate`: do not edit.
import type { CliffhangerPlayer } from './element.js';

export * from './element.js';

declare global {
  interface HTMLElementTagNameMap {
    'cliffhanger-player': CliffhangerPlayer;
  }
}
