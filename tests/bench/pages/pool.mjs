// (b) The hand-written feed: three videos, the first of them in the page's own HTML.
import { canPlay, feed } from './feed.mjs';
import { episodes } from './list.mjs';

const root = document.querySelector('#feed');
const existing = root.querySelector('section');

feed(root, await episodes(), {
  existing,
  clear({ video }) {
    video.removeAttribute('src');
    video.load();
  },
  mount(slide, { src }) {
    slide.video ??= slide.element.querySelector('video');
    if (!slide.video) {
      slide.video = Object.assign(document.createElement('video'), { muted: true, playsInline: true, loop: true });
      slide.element.append(slide.video);
    }
    if (slide.video.getAttribute('src') === src) return; // the one that the page brought
    slide.video.preload = 'auto';
    slide.video.src = src;
  },
  play: ({ video }) => { video.play().catch(() => {}); },
  pause: ({ video }) => { video.pause(); },
  ready: ({ video }) => canPlay(video),
});
