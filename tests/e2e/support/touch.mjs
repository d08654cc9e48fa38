// Touches as the browser's own input sees them: scrolling is native, on the compositor.
//
// Every event carries its own time, so that a flick is as fast as it says even when the machine is slow.
const FINGER = { id: 1, radiusX: 4, radiusY: 4, force: 1 };
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

function touch(cdp, type, at, points) {
  return cdp.send('Input.dispatchTouchEvent', { type, timestamp: at / 1000, touchPoints: points.map(([x, y]) => ({ ...FINGER, x, y })) });
}

/** A finger goes down at `from` and moves to `to` (shares of the height) within `ms`; it stays down until `lift()`. */
export async function drag(cdp, { x = 195, height = 844, from = 0.8, to = 0.25, steps = 6, ms = 96 } = {}) {
  const y = (share) => Math.round(height * share);
  const began = Date.now();
  let at = began;
  await touch(cdp, 'touchStart', at, [[x, y(from)]]);
  for (let step = 1; step <= steps; step += 1) {
    await pause(Math.max(0, began + (ms * step) / steps - Date.now()));
    at = began + (ms * step) / steps;
    await touch(cdp, 'touchMove', at, [[x, y(from + ((to - from) * step) / steps)]]);
  }
  return {
    async move(share) {
      at += ms / steps;
      await touch(cdp, 'touchMove', at, [[x, y(share)]]);
    },
    async lift() { await touch(cdp, 'touchEnd', at + 4, []); },
  };
}

/** One flick: the same, and the finger lifts at once. */
export async function fling(cdp, options) {
  const finger = await drag(cdp, options);
  await finger.lift();
}

/** One tap. */
export async function tap(cdp, x, y) {
  const at = Date.now();
  await touch(cdp, 'touchStart', at, [[x, y]]);
  await touch(cdp, 'touchEnd', at + 40, []);
}
