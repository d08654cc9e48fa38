// HLS that neither the player's own feeder nor the browser plays, by hls.js (https://github.com/video-dev/hls.js). The page brings it.

/** Made for short videos: what lies ahead of one that does not play yet is little more than its first segment, in seconds. */
const AHEAD = { waiting: 1, playing: 10 };

/**
 * Plays the playlist until `job.stop` is called. A video that cannot go on gets the playlist as its `src`: then the browser says that
 * it cannot play it, and everything goes as with any other source.
 * @param {{ video: HTMLVideoElement, url: string, hls: string | URL | (() => Promise<object>), over?: boolean, stop?: () => void }} job
 */
export async function play(job) {
  const { video, url, hls: module } = job;
  const giveUp = (reason) => {
    job.stop?.();
    if (job.over) return;
    console.warn(`cliffhanger: HLS by script: ${reason}`);
    video.src = url;
  };
  try {
    const { default: Hls } = await (typeof module === 'function' ? module() : import(/* @vite-ignore */ /* webpackIgnore: true */ new URL(module, document.baseURI).href));
    if (job.over) return;
    if (!Hls.isSupported()) throw new Error('the browser has no MediaSource for it');
    const { throughputBitsPerSecond: rate } = (video.getRootNode().host ?? video.parentNode)?.stats ?? {};
    const hls = new Hls({
      maxBufferLength: AHEAD.waiting, maxMaxBufferLength: AHEAD.waiting, backBufferLength: AHEAD.playing, capLevelToPlayerSize: true, startFragPrefetch: true,
      ...(rate && { abrEwmaDefaultEstimate: rate }),
    });
    const more = () => Object.assign(hls.config, { maxBufferLength: AHEAD.playing, maxMaxBufferLength: AHEAD.playing });
    job.stop = () => {
      job.stop = undefined;
      video.removeEventListener('play', more);
      hls.destroy();
    };
    video.addEventListener('play', more);
    let recovered = false;
    hls.on(Hls.Events.ERROR, (_, { fatal, type, details }) => {
      if (!fatal) return;
      if (type !== Hls.ErrorTypes.MEDIA_ERROR || recovered) return giveUp(details);
      recovered = true;
      hls.recoverMediaError();
    });
    hls.loadSource(url);
    // A new source stops a video that was told to play.
    const plays = !video.paused;
    hls.attachMedia(video);
    if (plays) await video.play().catch(() => {});
  } catch (error) {
    giveUp(error.message);
  }
}
