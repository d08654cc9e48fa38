// Defines `<cliffhanger-player>`. Importing it on a server does nothing.
import { CliffhangerPlayer } from './element.js';

export { CliffhangerPlayer, setWasm } from './element.js';

const TAG = 'cliffhanger-player';
const there = globalThis.customElements?.get(TAG);
if (!there) globalThis.customElements?.define(TAG, CliffhangerPlayer);
else if (there.version !== CliffhangerPlayer.version) {
  console.warn(`cliffhanger: <${TAG}> was defined already, by ${there.version ?? 'something else'}; version ${CliffhangerPlayer.version} leaves it so`);
}
