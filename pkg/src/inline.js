// Everything in one file, the wasm included: for hosts that serve a script and nothing beside it.
import bytes, { later } from 'cliffhanger:wasm-bytes';
import { setWasm } from './element.js';

setWasm(bytes, later);

export * from './cliffhanger.js';
