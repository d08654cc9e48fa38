// Touches as the browser's own input sees them: scrolling is native, on the compositor.
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

const touch = (cdp, type, points) => cdp.send('Input.dispatchTouchEvent', {
  type, touchPoints: points.map(([x, y]) => ({ x, y, id: 1, radiusX: 4, radiusY: 4, force: 1 })),
});

/** Moves a finger from `from` to `to` (shares of the height) in about 100 ms and lifts it: one flick. */
export async function fling(cdp, { x = 195, height = 844, from = 0.75, to = 0.3, steps = 6, ms = 96 } = {}) {
  const finger = await drag(cdp, { x, height, from, to, steps, ms });
  await finger.lift();
}

/** The same, but the finger stays down until `lift()`. */
export async function drag(cdp, { x = 195, height = 844, from = 0.75, to = 0.3, steps = 6, ms = 96 } = {}) {
  const y = (share) => Math.round(height * share);
  await touch(cdp, 'touchStart', [[x, y(from)]]);
  for (let step = 1; step <= steps; step += 1) {
    await pause(ms / steps);
    await touch(cdp, 'touchMove', [[x, y(from + ((to - from) * step) / steps)]]);
  }
  return {
    async move(share) { await touch(cdp, 'touchMove', [[x, y(share)]]); },
    async lift() { await touch(cdp, 'touchEnd', []); },
  };
}

/** Two fingers' worth of patience: one tap. */
export async function tap(cdp, x, y) {
  await touch(cdp, 'touchStart', [[x, y]]);
  await touch(cdp, 'touchEnd', []);
}
