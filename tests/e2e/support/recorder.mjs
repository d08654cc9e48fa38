// Script that runs in a test page before the player's own.

/** Remembers every event of every player, in order. Capture sees what does not bubble. */
export const RECORDER = `
  window.seen = [];
  for (const type of ['ready','episodechange','episodeprogress','firstframe','seriesend','paywallopen','paywallclose','unlockrequest',
    'accesschange','like','share','cue','error','play','pause','playing','waiting','seeking','seeked','ended']) {
    document.addEventListener(type, (event) => {
      if (event.target.localName !== 'cliffhanger-player') return;
      let detail = null;
      try { detail = JSON.parse(JSON.stringify(event.detail ?? null)); } catch (error) { detail = String(error); }
      window.seen.push({ type, detail, id: event.target.id, at: performance.now(), cancelable: event.cancelable, bubbles: event.bubbles });
    }, true);
  }`;

/** Looks at every video on every frame: how many have a source at once, whether one changes its parent. */
export const VIDEO_WATCH = `
  window.videoWatch = { most: 0, moved: 0, elements: 0 };
  addEventListener('DOMContentLoaded', () => {
    const homes = new Map();
    const look = () => {
      const player = document.querySelector('cliffhanger-player');
      const all = [...(player.shadowRoot?.querySelectorAll('video') ?? []), ...player.querySelectorAll('video')];
      for (const video of all) {
        if (homes.has(video) && homes.get(video) !== video.parentNode) window.videoWatch.moved += 1;
        homes.set(video, video.parentNode);
      }
      const sourced = all.filter((video) => video.getAttribute('src') || video.srcObject || video.querySelector('source'));
      window.videoWatch.most = Math.max(window.videoWatch.most, sourced.length);
      window.videoWatch.elements = homes.size;
      requestAnimationFrame(look);
    };
    look();
  });`;
