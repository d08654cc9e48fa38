// Everything in one file, the wasm included: for hosts that serve a script and nothing beside it.
import './given.js';

export * from './cliffhanger.js';
