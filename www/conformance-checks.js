// One check for each point at which players hurt their viewers. `better`: the player works without it, a little worse.

const CLIP = '/series/paper-lanterns/e001.mp4';
const player = document.querySelector('cliffhanger-player');
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
const once = (target, type) => new Promise((resolve) => { target.addEventListener(type, resolve, { once: true }); });
const yes = (ok, detail) => ({ ok: Boolean(ok), detail });
const manual = (detail) => ({ manual: true, detail });

/** A video of its own, gone again afterwards. */
async function withVideo(attributes, body) {
  const video = document.createElement('video');
  video.playsInline = true;
  Object.assign(video, attributes);
  video.style.cssText = 'position:fixed;left:0;top:0;width:90px;height:160px;opacity:.01;pointer-events:none';
  document.body.append(video);
  try {
    return await body(video);
  } finally {
    release(video);
    video.remove();
  }
}

function release(video) {
  video.pause();
  video.removeAttribute('src');
  video.load();
}

const until = async (test) => { while (!test()) await pause(30); };
const ready = () => until(() => player.isReady);

export const CHECKS = [
  { id: 'muted-autoplay', title: 'Plays by itself, muted', run: () => withVideo({ muted: true, src: CLIP }, async (video) => { await video.play(); return yes(true); }) },
  {
    id: 'sound-autoplay', better: true, title: 'Plays by itself with sound',
    run: () => withVideo({ src: CLIP, volume: 0.01 }, async (video) => { await video.play(); return yes(true); }),
  },
  {
    id: 'sound-stays', title: 'What the viewer chose about sound holds for the next episode',
    run: async () => {
      await ready();
      const before = player.muted;
      await player.goTo(2);
      await until(() => player.currentEpisode?.n === 2);
      return yes(player.muted === before, before ? 'muted before and after' : 'sound before and after');
    },
  },
  {
    id: 'preload', better: true, title: 'Loads a video before anybody touched anything',
    run: () => withVideo({ preload: 'auto', muted: true, src: CLIP }, async (video) => { await Promise.race([once(video, 'canplay'), pause(4000)]); return yes(video.readyState >= 2, `readyState ${video.readyState}`); }),
  },
  {
    id: 'three-videos', title: 'Three videos can be held at once',
    run: async () => {
      const held = [];
      try {
        for (let n = 1; n <= 3; n += 1) {
          const video = Object.assign(document.createElement('video'), { muted: true, playsInline: true, src: `/series/paper-lanterns/e00${n}.mp4` });
          held.push(video);
          await video.play();
        }
        return yes(held.every((video) => !video.paused));
      } finally {
        held.forEach(release);
      }
    },
  },
  {
    id: 'release', title: 'Lets go of a video when told',
    run: () => withVideo({ muted: true, src: CLIP }, async (video) => { await video.play(); release(video); await until(() => video.networkState === 0); return yes(true); }),
  },
  {
    id: 'first-frame', better: true, title: 'Says when a frame is really on the screen',
    run: () => withVideo({ muted: true, src: CLIP }, async (video) => {
      if (!video.requestVideoFrameCallback) return yes(false, 'no requestVideoFrameCallback');
      const frame = new Promise((resolve) => { video.requestVideoFrameCallback(resolve); });
      await video.play();
      return yes(await Promise.race([frame.then(() => true), pause(3000)]), 'requestVideoFrameCallback');
    }),
  },
  {
    id: 'abort', title: 'A play() that is overtaken is rejected, not lost',
    run: () => withVideo({ muted: true, src: CLIP }, async (video) => {
      const played = video.play().then(() => 'played', (error) => error.name);
      video.pause();
      const answer = await Promise.race([played, pause(4000).then(() => 'never')]);
      return yes(answer !== 'never', answer);
    }),
  },
  {
    id: 'inline', title: 'Plays in the page, not over it',
    run: () => withVideo({ muted: true, src: CLIP }, async (video) => { await video.play(); return yes(!video.webkitDisplayingFullscreen && !document.fullscreenElement); }),
  },
  { id: 'heights', better: true, title: 'Heights that know the app\'s bars (svh, dvh)', run: async () => yes(CSS.supports('height', '100dvh') && CSS.supports('height', '100svh')) },
  { id: 'safe-area', better: true, title: 'Safe areas', run: async () => yes(CSS.supports('padding-top', 'env(safe-area-inset-top, 0px)')) },
  {
    id: 'storage', better: true, title: 'Remembers where the viewer stopped',
    run: async () => { localStorage.setItem('cliffhanger:try', '1'); localStorage.removeItem('cliffhanger:try'); return yes(true); },
  },
  {
    id: 'wasm', title: 'WebAssembly may run',
    run: async () => { await WebAssembly.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)); return yes(true); },
  },
  { id: 'player', title: 'The player starts', run: async () => { await ready(); return yes(true, `version ${customElements.get('cliffhanger-player').version}`); } },
  {
    id: 'bytes', better: true, title: 'Takes media by bytes', run: async () => {
      const kind = window.ManagedMediaSource ? 'ManagedMediaSource' : window.MediaSource ? 'MediaSource' : '';
      const can = kind && window[kind].isTypeSupported('video/mp4; codecs="avc1.64001f,mp4a.40.2"');
      return yes(can, kind || 'plain addresses only');
    },
  },
  { id: 'hls', better: true, title: 'HLS without a script', run: async () => yes(document.createElement('video').canPlayType('application/vnd.apple.mpegurl'), document.createElement('video').canPlayType('application/vnd.apple.mpegurl') || 'no') },
  {
    id: 'ranges', better: true, title: 'The server answers ranges',
    run: async () => { const { status } = await fetch(CLIP, { headers: { range: 'bytes=0-99' }, cache: 'no-store' }); return yes(status === 206, `status ${status}`); },
  },
  {
    id: 'swipe', title: 'The next episode comes, and plays',
    run: async () => {
      await ready();
      await player.goTo(3);
      await until(() => player.currentEpisode?.n === 3 && player.currentTime > 0.05);
      const visit = player.stats.episodes.findLast((entry) => entry.episode === player.currentEpisode.id);
      return yes(true, visit ? `first frame after ${Math.round(visit.firstFrameMs)} ms, ${visit.startPath}` : '');
    },
  },
  {
    id: 'moved', title: 'Survives being moved in the page',
    run: async () => {
      await ready();
      const { n } = player.currentEpisode;
      const lab = player.parentNode;
      document.body.append(player);
      lab.append(player);
      await until(() => !player.paused);
      return yes(player.currentEpisode.n === n, typeof lab.moveBefore === 'function' ? 'moveBefore too' : '');
    },
  },
  {
    id: 'reentrant', title: 'May be called from inside its own events',
    run: async () => {
      await ready();
      const inside = new Promise((resolve) => { player.addEventListener('episodechange', () => resolve(player.next()), { once: true }); });
      await player.goTo(1);
      return yes(typeof (await inside) === 'boolean', `next() said ${await inside}`);
    },
  },
  {
    id: 'snap', title: 'Scrolling stops at every episode',
    run: async () => yes(CSS.supports('scroll-snap-type', 'y mandatory') && CSS.supports('scroll-snap-stop', 'always'), `scrollend ${'onscrollend' in window ? 'yes' : 'no'}, scrollsnapchange ${'onscrollsnapchange' in window ? 'yes' : 'no'}`),
  },
  { id: 'page-scroll', title: 'A swipe in the player does not pull the page', run: async () => yes(CSS.supports('overscroll-behavior', 'contain')) },
  { id: 'touch-action', title: 'The seek bar keeps its drags', run: async () => yes(CSS.supports('touch-action', 'pan-y')) },
  {
    id: 'poster', title: 'No grey play button of the browser\'s before the picture',
    run: async () => { await ready(); return yes([...player.shadowRoot.querySelectorAll('video')].every((video) => !video.controls), 'the player has posters of its own'); },
  },
  { id: 'prices', title: 'Prices in the viewer\'s own way', run: async () => yes(true, new Intl.NumberFormat(navigator.languages, { style: 'currency', currency: 'EUR' }).format(9.99)) },
  {
    id: 'elements', title: 'Custom elements, shadow DOM, style sheets made by script',
    run: async () => { new CSSStyleSheet(); return yes(window.customElements && Element.prototype.attachShadow && 'adoptedStyleSheets' in document); },
  },
  { id: 'states', better: true, title: 'Custom states', run: async () => { document.createElement('i').matches(':state(playing)'); return yes(true, ':state()'); } },
  { id: 'share', better: true, title: 'The system\'s share sheet', run: async () => yes(navigator.share) },
  { id: 'pip', better: true, title: 'Picture in picture', run: async () => yes(document.pictureInPictureEnabled || 'webkitSetPresentationMode' in document.createElement('video')) },
  { id: 'hidden', title: 'Silence when the page is left', run: async () => manual('unmute the player below, leave this page for the app, and listen') },
  { id: 'fling', title: 'One episode for one flick, however quick', run: async () => manual('flick through the player below') },
];
