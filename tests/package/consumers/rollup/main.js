// Rollup leaves `new URL(..., import.meta.url)` as it is: the wasm is copied beside the bundle.
import 'cliffhanger-player';
import { tell } from '../tell.js';

tell();
