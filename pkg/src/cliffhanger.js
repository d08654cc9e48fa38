// Defines `<cliffhanger-player>`. Importing it on a server does nothing.
import { CliffhangerPlayer } from './element.js';

export { CliffhangerPlayer, setHls, setWasm } from './element.js';

const { customElements } = globalThis;
const TAG = 'cliffhanger-player';
const { version } = CliffhangerPlayer;
const there = customElements?.get(TAG);
if (!there) customElements?.define(TAG, CliffhangerPlayer);
else if (there.version !== version) console.warn(`cliffhanger: <${TAG}> was defined already, by ${there.version}; ${version} leaves it so`);
