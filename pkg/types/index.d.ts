// Generated from core/src/surface.rs by `cargo xtask generate`: do not edit.
export type * from './cliffhanger.js';
