// webpack finds and copies the wasm by itself.
import 'cliffhanger-player';
import { tell } from '../tell.js';

tell();
