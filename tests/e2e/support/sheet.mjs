// The paywall sheet as a viewer meets it.
const CONTROLS = '[part~="paywall"] button[part~="offer"], [part~="paywall"] [part~="offer"] button';

/** The moment from which an offer's control accepts a tap, after the sheet opened. */
export const ARMED_MS = 800;

/** The middle of the `index`th offer's control, when it can be seen. */
function control(stage, index = 0) {
  return stage.until((css, which) => {
    const all = [...document.querySelector('cliffhanger-player').shadowRoot.querySelectorAll(css)].filter((button) => button.checkVisibility());
    const box = all[which]?.getBoundingClientRect();
    return box && box.height > 0 && { x: box.x + box.width / 2, y: box.y + box.height / 2, height: box.height };
  }, { args: [CONTROLS, index], what: 'the control of an offer is on the screen' });
}

/** Waits until the sheet accepts taps. The wait begins anew when the second wasm has come, which draws the controls. */
export async function armed(stage) {
  await stage.event('paywallopen');
  await control(stage);
  const drawn = await stage.eval(() => performance.now());
  await stage.until((at) => performance.now() > at, { args: [drawn + ARMED_MS + 100] });
}

/** Taps an offer with a finger, `times` in a row. */
export async function tapOffer(stage, index = 0, times = 1) {
  const { x, y } = await control(stage, index);
  for (let count = 0; count < times; count += 1) await stage.tap(x, y);
}

/** What script can do to the controls: everything that is not a viewer's tap. Returns how many controls there were. */
export function clickByScript(stage) {
  return stage.eval((css) => {
    const all = [...document.querySelector('cliffhanger-player').shadowRoot.querySelectorAll(css)];
    for (const button of all) {
      button.click();
      for (const type of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click']) {
        button.dispatchEvent(new Event(type, { bubbles: true, composed: true, cancelable: true }));
      }
      button.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true, cancelable: true, detail: 1 }));
      button.dispatchEvent(new TouchEvent('touchend', { bubbles: true, composed: true, cancelable: true }));
      button.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, composed: true }));
    }
    return all.length;
  }, CONTROLS);
}
