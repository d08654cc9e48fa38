// One file: no wasm beside it.
import 'cliffhanger-player/inline';
import { tell } from '../tell.js';

tell();
