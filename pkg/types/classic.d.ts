// Generated from core/src/surface.rs by `cargo xtask generate`: do not edit.
import './cliffhanger.js';

export {};
