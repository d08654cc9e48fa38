// What is generated: a file of its own, fetched together with the wasm, so that the script a page begins with stays small.
import { Controller } from 'cliffhanger:glue';

export { Controller };
export { begin, imports } from 'cliffhanger:glue';
export { opener, show } from './opener.js';

/**
 * Asks for the bytes from `from` up to but without `until`, or up to the end when that is 0, and hands on all that comes of it: the response, what
 * its reader reads up to the end, and an empty object when there was no answer or it broke off. Here and not in the wasm: a promise and two
 * callbacks for each piece cost more there than the piece.
 * @this {{ take(url: string): Promise<Response> | undefined }}
 * @returns {AbortController} which ends it: nothing is told after that
 */
if (__CLIFFHANGER_FED__) Controller.ask = function ask(url, from, until, urgent, cookies, tell) {
  const abort = new AbortController();
  const { signal } = abort;
  const range = `bytes=${from}-${until ? until - 1 : ''}`;
  const hand = (piece) => signal.aborted || tell(piece);
  (async () => {
    try {
      const response = await (this.take(url) ?? fetch(url, {
        headers: { range },
        priority: urgent ? 'high' : 'low',
        credentials: cookies ? 'include' : 'same-origin',
        signal,
      }));
      hand(response);
      const reader = response.body.getReader();
      let piece;
      do hand(piece = await reader.read()); while (!piece.done && !signal.aborted);
      await reader.cancel(); // what was asked for before the wasm was there does not know the signal
    } catch {
      hand({});
    }
  })();
  return abort;
};

/** The script this runs from, as stack traces name it. */
export const here = /\b[\w-]+:\/\/[^\s)]+?(?=:\d+)/.exec(new Error().stack ?? '')?.[0];
