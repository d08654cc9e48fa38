// What is generated: a file of its own, fetched together with the wasm, so that the script a page begins with stays small.
import { Controller } from 'cliffhanger:glue';

export { Controller };
export { begin, imports } from 'cliffhanger:glue';
export { opener, show } from './opener.js';

/**
 * Asks for the bytes from `from` up to but without `until`, or up to the end when that is 0, and hands on all that comes of it: what the
 * response says, its bytes until they are `done`, and an empty object when there was no answer or it broke off. Here and not in the wasm: a promise and two
 * callbacks for each piece cost more there than the piece.
 * @this {{ take(url: string): Promise<Response> | undefined }}
 * @returns {{ abort(): void }} which ends it: nothing is told after that
 */
if (__CLIFFHANGER_FED__) Controller.ask = function ask(url, from, until, urgent, cookies, tell) {
  const id = last += 1;
  const asked = this.take(url);
  const one = { tell, to: asked ? here : best, message: [id, url, urgent ? 16 : 60, {
    headers: { range: `bytes=${from}-${until ? until - 1 : ''}` },
    priority: urgent ? 'high' : 'low',
    credentials: cookies ? 'include' : 'same-origin',
  }, asked] };
  told.set(id, one);
  one.to.postMessage(one.message);
  // What comes first does not wait for the worker.
  if (!urgent) hired ??= hire();
  return {
    abort() {
      told.delete(id);
      one.to.postMessage([id]);
    },
  };
};

let last = 0;
/** What was asked for, by its number: of whom, and who is told. */
const told = new Map();
const here = { postMessage: /* @__PURE__ */ fetching((message) => hear(message, here)) };
/** Who asks: a worker, as soon as there is one. */
let best = here;
let hired;

function hear([id, piece, over], by) {
  const one = told.get(id);
  if (one?.to !== by) return;
  // A worker made of text names no page to a server, and there are servers that answer only to their own pages.
  if (by !== here && (piece.status === 403 || over && !one.heard)) {
    by.postMessage([id]);
    one.to = one.again = here;
    here.postMessage(one.message);
    return;
  }
  if (one.again && piece.status < 400) best = here;
  one.heard = true;
  one.tell(piece);
  if (over) told.delete(id);
}

/** A request is milliseconds of a slow phone's processor, and so are the pieces of its answer. Where a worker may be had, a swipe does not wait for them. */
function hire() {
  try {
    const address = URL.createObjectURL(new Blob([`const ask = (${fetching})(postMessage); onmessage = ({ data }) => ask(data); postMessage(0)`]));
    // A page may require that whoever runs a script by its address has a policy.
    const worker = new Worker(globalThis.trustedTypes?.createPolicy('cliffhanger', { createScriptURL: (url) => url }).createScriptURL(address) ?? address);
    worker.onmessage = ({ data }) => data ? hear(data, worker) : best = worker;
    return worker;
  } catch {
    return here; // it goes on without
  }
}

/**
 * Fetches, and posts what comes: at most a piece in each `rest` milliseconds, and whether it was the last. It stands on its own, because its text is
 * the worker's.
 * @param {(message: [number, object, boolean?], moved?: Transferable[]) => void} post
 */
function fetching(post) {
  const aborts = new Map();
  return async ([id, url, rest, init, asked]) => {
    if (!url) return aborts.get(id)?.abort();
    const abort = new AbortController();
    const { signal } = abort;
    aborts.set(id, abort);
    try {
      const { status, headers, body } = await (asked ?? fetch(url, { ...init, signal }));
      const [, from, part] = /^bytes (\d+)-.*\/(\d*)/.exec(headers.get('content-range')) ?? [];
      // The length of a body that comes compressed is not the file's.
      const total = status === 206 ? part : headers.get('content-encoding') ? '' : headers.get('content-length');
      post([id, { status, from: parseInt(from), total: parseInt(total) }]);
      const reader = body.getReader();
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
        if (done || performance.now() - since > rest) {
          const whole = new Uint8Array(size);
          for (const piece of pieces.reverse()) whole.set(piece, size -= piece.length);
          post([id, { value: whole, done }, done], [whole.buffer]);
          since = performance.now();
          pieces = [];
        }
      }
      await reader.cancel(); // what was asked for before the wasm was there does not know the signal
    } catch {
      post([id, {}, true]);
    }
    aborts.delete(id);
  };
}

/** The script this runs from, as stack traces name it. */
export const script = /\b[\w-]+:\/\/[^\s)]+?(?=:\d+)/.exec(new Error().stack ?? '')?.[0];
