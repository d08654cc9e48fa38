// esbuild copies what its `file` loader is told to, and gives the address.
import { setWasm } from 'cliffhanger-player';
import wasm from 'cliffhanger-player/cliffhanger.wasm';
import later from 'cliffhanger-player/cliffhanger-later.wasm';
import { tell } from '../tell.js';

setWasm(new URL(wasm, import.meta.url), new URL(later, import.meta.url));
tell();
