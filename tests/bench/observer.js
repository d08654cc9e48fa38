// Runs in every page before its own scripts, and knows nothing of any player: it looks at videos from outside.
//
// A frame counts for a swipe when it was presented (requestVideoFrameCallback) by a video that covers the middle of the
// window and is not what covered it before: another element, or the same one with another source.
(() => {
  const roots = [document];
  const known = new WeakMap();
  const memories = new Set();
  const tasks = [];
  let swipe = null;
  let waiting = [];
  let lastDraw = 0;

  const middle = (video) => {
    const box = video.getBoundingClientRect();
    const [x, y] = [innerWidth / 2, innerHeight / 2];
    return box.left <= x && box.right >= x && box.top <= y && box.bottom >= y && box.height > innerHeight / 4;
  };
  const videos = () => roots.flatMap((root) => [...root.querySelectorAll('video')]);
  /** The video in the middle that has presented last, if any. */
  const front = () => videos().filter(middle).sort((a, b) => (known.get(b)?.at ?? 0) - (known.get(a)?.at ?? 0))[0];

  function follow(video) {
    if (known.has(video)) return;
    const state = { source: 0, at: 0, time: 0 };
    known.set(video, state);
    video.addEventListener('emptied', () => { state.source += 1; });
    const presented = (_now, frame) => {
      video.requestVideoFrameCallback(presented);
      state.at = frame.presentationTime;
      state.time = frame.mediaTime;
      if (bench.first === null && middle(video)) {
        bench.first = frame.presentationTime;
        wake();
      }
      if (swipe && !(swipe.video === video && swipe.source === state.source)) {
        swipe.frames.push({ at: frame.presentationTime, time: frame.mediaTime, key: `${ident(video)}.${state.source}`, middle: middle(video) });
        wake();
      }
    };
    video.requestVideoFrameCallback(presented);
  }
  let idents = 0;
  const ident = (video) => (known.get(video).ident ??= ++idents);
  const look = (node) => {
    if (node.localName === 'video') follow(node);
    else if (node.firstElementChild) node.querySelectorAll('video').forEach(follow);
  };
  const watch = (root) => new MutationObserver((changes) => {
    for (const { addedNodes } of changes) addedNodes.forEach(look);
  }).observe(root, { childList: true, subtree: true });
  watch(document);
  const { attachShadow } = Element.prototype;
  Element.prototype.attachShadow = function attach(init) {
    const root = attachShadow.call(this, init);
    roots.push(root);
    watch(root);
    return root;
  };
  // What wasm keeps is part of what a player needs, and not in the heap that the browser reports.
  for (const method of ['instantiate', 'instantiateStreaming']) {
    const original = WebAssembly[method];
    WebAssembly[method] = async (...args) => {
      const result = await original.apply(WebAssembly, args);
      for (const value of Object.values((result.instance ?? result).exports)) if (value instanceof WebAssembly.Memory) memories.add(value);
      return result;
    };
  }
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) tasks.push([startTime, duration]);
  }).observe({ type: 'longtask', buffered: true });
  const draw = (now) => {
    if (swipe && lastDraw) swipe.draws.push([now, now - lastDraw]);
    lastDraw = swipe ? now : 0;
    requestAnimationFrame(draw);
  };
  requestAnimationFrame(draw);

  const wake = () => {
    const all = waiting;
    waiting = [];
    all.forEach((resolve) => resolve());
  };
  const until = async (test, ms) => {
    const end = performance.now() + ms;
    while (!test() && performance.now() < end) {
      await new Promise((resolve) => { waiting.push(resolve); setTimeout(resolve, Math.min(250, Math.max(1, end - performance.now()))); });
    }
    return test();
  };
  /** The frames of one video, presented in the middle since `since`; of the video that is there now if it has any. */
  const arrived = (since) => {
    const frames = swipe.frames.filter((frame) => frame.middle && frame.at >= since);
    return frames.length === 0 ? null : frames.filter(({ key }) => key === frames[0].key);
  };

  const bench = (window.bench = {
    first: null,
    firstFrame: (ms) => until(() => bench.first !== null, ms).then(() => bench.first),
    /** From now on frames are recorded: a swipe is about to begin. */
    begin() {
      const video = front();
      swipe = { video, source: known.get(video)?.source, began: performance.now(), frames: [], draws: [] };
      return { index: window.benchIndex?.() ?? 0, origin: performance.timeOrigin };
    },
    /** Resolves at the first frame after `since`, or after `ms`. */
    frame: (since, ms) => until(() => arrived(since) !== null, ms).then(() => bench.report(since)),
    /** What is known of the swipe whose finger was lifted at `since`, all in ms. */
    report(since) {
      const frames = arrived(since) ?? [];
      const moving = frames.find(({ time }) => time > frames[0].time);
      const inside = ([at]) => at >= swipe.began && at <= since + 700;
      return {
        frame: frames.length ? frames[0].at - since : null,
        moving: moving ? moving.at - since : null,
        dropped: swipe.draws.filter(inside).reduce((sum, [, gap]) => sum + Math.max(0, Math.round(gap / (1000 / 60)) - 1), 0),
        tasks: tasks.filter(([at, duration]) => at + duration >= swipe.began && at <= since + 1500).map(([, duration]) => duration),
        index: window.benchIndex?.() ?? 0,
      };
    },
    end() { swipe = null; },
    /** Seconds that the video in the middle has played. */
    watched: () => front()?.currentTime ?? 0,
    counts: () => ({ videos: videos().length, wasm: [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0) }),
  });
})();
