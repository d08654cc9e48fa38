// Loads the wasm: once per page, however many players.
import init, { Controller } from 'cliffhanger:glue';

let given;
let loading;

/** The script this runs from, as stack traces name it. */
const here = /\b[\w-]+:\/\/[^\s)]+?(?=:\d+)/.exec(new Error().stack ?? '')?.[0];

/**
 * Says where the wasm is, when a bundler has not copied it. Call it before the first player is in the page.
 * @param {string | URL | BufferSource | WebAssembly.Module} wasm its address, its bytes, or the compiled module
 */
export function setWasm(wasm) {
  given = wasm;
}

/**
 * The class that drives a player, once the wasm is there. The first caller's address counts.
 * @param {string | undefined} address the `wasm-url` attribute
 */
export function load(address) {
  loading ??= start(address || given || new URL('cliffhanger.wasm', import.meta.url)).catch((error) => {
    loading = undefined; // the next player may try again
    throw error;
  });
  return loading;
}

async function start(wasm) {
  if (typeof wasm === 'string' || wasm instanceof URL) {
    const response = await fetch(wasm);
    if (!response.ok) throw new Error(`${response.url || wasm} was answered with status ${response.status}`);
    wasm = response; // the glue streams it, or takes the bytes when the MIME type is wrong
  }
  await init({ module_or_path: wasm });
  return Controller;
}

/** Whether this error is a trap of our wasm: after one it must not be called again. */
export function isTrap(error) {
  return error instanceof WebAssembly.RuntimeError && (!here || !!error.stack?.includes(here));
}
