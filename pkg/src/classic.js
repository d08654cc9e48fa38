// For `<script src>` without modules. Elements with `data-cliffhanger-src` get a player; every further
// `data-cliffhanger-<attribute>` becomes an attribute of it.
import './cliffhanger.js';

const PREFIX = 'data-cliffhanger-';

function mount() {
  for (const place of document.querySelectorAll('[data-cliffhanger-src]')) {
    if (place.querySelector(':scope > cliffhanger-player')) continue;
    const player = document.createElement('cliffhanger-player');
    for (const { name, value } of place.attributes) {
      if (name.startsWith(PREFIX)) player.setAttribute(name.slice(PREFIX.length), value);
    }
    place.append(player);
  }
}

if (globalThis.document) {
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', mount, { once: true });
  else mount();
}
