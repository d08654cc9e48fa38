// Defines `<cliffhanger-player>`. Importing it on a server does nothing.
import { CliffhangerPlayer } from './element.js';

export { CliffhangerPlayer, setWasm } from './element.js';

if (globalThis.customElements && !customElements.get('cliffhanger-player')) {
  customElements.define('cliffhanger-player', CliffhangerPlayer);
}
