// What is generated: a file of its own, fetched together with the wasm, so that the script a page begins with stays small.
import { Controller } from 'cliffhanger:glue';

export { Controller };
export { begin, imports } from 'cliffhanger:glue';
export { opener, show } from './opener.js';

/**
 * Asks for the bytes from `from` up to but without `until`, or up to the end when that is 0, and hands on all that comes of it: status and headers,
 * what a reader reads, and at last whether it is `done` or there was no answer or it broke off. Here and not in the wasm: a promise and two
 * callbacks for each piece cost more there than the piece.
 * @this {{ take(url: string): Promise<Response> | undefined }}
 * @returns {{ abort(): void }} which ends it: nothing is told after that
 */
if (__CLIFFHANGER_FED__) Controller.ask = function ask(url, from, until, urgent, cookies, tell) {
  const id = last += 1;
  const init = {
    headers: { range: `bytes=${from}-${until ? until - 1 : ''}` },
    priority: urgent ? 'high' : 'low',
    credentials: cookies ? 'include' : 'same-origin',
    // The worker's own address is none that a server would be told.
    referrer: location.href,
  };
  const asked = this.take(url);
  const post = asked || !ready ? direct : (message) => worker.postMessage(message);
  told.set(id, tell);
  post([id, url, init, urgent ? 16 : 60, asked]);
  // What comes first does not wait for the worker.
  if (!urgent) worker ??= hire();
  return {
    abort() {
      told.delete(id);
      post([id]);
    },
  };
};

let last = 0;
/** Who is told of what was asked for, by its number. */
const told = new Map();
let worker;
let ready;
const direct = /* @__PURE__ */ fetching(hear);

function hear([id, piece]) {
  told.get(id)?.(piece);
  if ('done' in piece) told.delete(id);
}

/** A request is milliseconds of a slow phone's processor, and so are the pieces of its answer. Where a worker may be had, a swipe does not wait for them. */
function hire() {
  try {
    const made = new Worker(URL.createObjectURL(new Blob([`const ask = (${fetching})(postMessage); onmessage = ({ data }) => ask(data); postMessage(0)`])));
    made.onmessage = ({ data }) => data ? hear(data) : ready = true;
    return made;
  } catch {
    return {}; // it goes on without
  }
}

/**
 * Fetches, and posts what comes: at most a piece in each `rest` milliseconds, and the last one with a word on whether it is `done`. It stands on its own,
 * because its text is the worker's.
 * @param {(message: [number, object], moved?: Transferable[]) => void} post
 */
function fetching(post) {
  const aborts = new Map();
  return async ([id, url, init, rest, asked]) => {
    if (!url) return aborts.get(id)?.abort();
    const abort = new AbortController();
    const { signal } = abort;
    aborts.set(id, abort);
    try {
      const response = await (asked ?? fetch(url, { ...init, signal }));
      post([id, { status: response.status, headers: new Map(response.headers) }]);
      const reader = response.body.getReader();
      let pieces = [];
      let size = 0;
      let since = 0;
      for (let done; !done && !signal.aborted;) {
        let value;
        ({ done, value } = await reader.read());
        if (value) {
          pieces.push(value);
          size += value.length;
        }
        if (size && (done || performance.now() - since > rest)) {
          const whole = new Uint8Array(size);
          for (const piece of pieces.reverse()) whole.set(piece, size -= piece.length);
          post([id, { value: whole }], [whole.buffer]);
          since = performance.now();
          pieces = [];
        }
        if (done) post([id, { done }]);
      }
      await reader.cancel(); // what was asked for before the wasm was there does not know the signal
    } catch {
      post([id, { done: false }]);
    }
    aborts.delete(id);
  };
}

/** The script this runs from, as stack traces name it. */
export const here = /\b[\w-]+:\/\/[^\s)]+?(?=:\d+)/.exec(new Error().stack ?? '')?.[0];
