// (e) xgplayer in the hand-written feed: a player for each of the three slides.
import Player, { Events } from 'xgplayer';
import 'xgplayer/dist/index.min.css';
import { feed } from './feed.mjs';
import { episodes } from './list.mjs';

feed(document.querySelector('#feed'), await episodes(), {
  clear({ player }) { player.destroy(); },
  mount(slide, { src, poster }) {
    const element = document.createElement('div');
    slide.element.replaceChildren(element);
    slide.player = new Player({
      el: element, url: src, poster, width: '100%', height: '100%', videoFillMode: 'cover', loop: true, autoplayMuted: true, autoplay: false,
      playsinline: true, videoInit: true, videoAttributes: { preload: 'auto', muted: true },
    });
  },
  play: ({ player }) => { player.play()?.catch?.(() => {}); },
  pause: ({ player }) => { player.pause(); },
  ready: ({ player }) => new Promise((resolve) => { player.once(Events.CANPLAY, resolve); if (player.media?.readyState >= 3) resolve(); }),
});
