// The wasm inside the one file. It is said where it is before the element is defined: a player that is in the page
// already starts at that very moment.
import bytes, { later } from 'cliffhanger:wasm-bytes';
import { setWasm } from './element.js';

setWasm(bytes, later);
