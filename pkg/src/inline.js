// Everything in one file, the wasm included: for hosts that serve a script and nothing beside it.
import bytes from 'cliffhanger:wasm-bytes';
import { setWasm } from './element.js';

setWasm(bytes);

export * from './cliffhanger.js';
