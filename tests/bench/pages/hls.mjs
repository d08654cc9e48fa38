// (e) hls.js in the hand-written feed: three videos, each with an instance of its own; buffers set for short videos.
import Hls from 'hls.js/light';
import { canPlay, feed } from './feed.mjs';
import { episodes } from './list.mjs';

feed(document.querySelector('#feed'), await episodes(), {
  clear({ hls }) { hls.destroy(); },
  mount(slide, { src }) {
    if (!slide.video) {
      slide.video = Object.assign(document.createElement('video'), { muted: true, playsInline: true, loop: true });
      slide.element.append(slide.video);
    }
    slide.hls = new Hls({ maxBufferLength: 10, startFragPrefetch: true });
    slide.hls.loadSource(src.replace('.mp4', '/index.m3u8'));
    slide.hls.attachMedia(slide.video);
  },
  play: ({ video }) => { video.play().catch(() => {}); },
  pause: ({ video }) => { video.pause(); },
  ready: ({ video }) => canPlay(video),
});
