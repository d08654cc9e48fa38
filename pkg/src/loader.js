// Loads the glue and the wasm: once per page, however many players.

let given = [];
let loading;
let loadingLater;
let exported;
/** What is generated. */
let glue;

/**
 * Says where the wasm is, when a bundler has not copied it. Call it before the first player is in the page. Each is an address, the
 * bytes, or the compiled module.
 * @param {string | URL | BufferSource | WebAssembly.Module} wasm `cliffhanger.wasm`
 * @param {string | URL | BufferSource | WebAssembly.Module} [later] `cliffhanger-later.wasm`; without it, the file of that name beside the first
 */
export function setWasm(wasm, later) {
  given = [wasm, later];
}

/** An attribute counts like `setWasm`. */
function isAt(address) {
  if (address) given = [address];
}

/**
 * The class that drives a player, once the wasm is there. The first caller's address counts.
 * @param {string | undefined} address the `wasm-url` attribute
 */
export function load(address) {
  isAt(address);
  loading ??= start(given[0] || new URL('cliffhanger.wasm', import.meta.url)).catch((error) => {
    loading = undefined; // the next player may try again
    throw error;
  });
  return loading;
}

/** Where a file of the package is: beside the wasm, wherever that is, else beside this script. */
const beside = (file) => new URL(file, isAddress(given[0]) ? new URL(given[0], document.baseURI) : import.meta.url);

/**
 * The words of the page's language, when that is one the player speaks beside English: each is a file in `lang/`.
 * @param {string | undefined} lang of the closest `lang` attribute
 * @param {string | undefined} address the `wasm-url` attribute
 */
export function loadWords(lang, address) {
  isAt(address);
  const language = /^(es|pt|fr|de|nl|id|ja|ko|zh|ar)\b/i.exec(lang);
  return language && fetch(beside(`lang/${language[1].toLowerCase()}.txt`)).then((response) => response.ok ? response.text() : undefined).catch(() => {}); // stays English
}

/**
 * The second wasm, with what the first swipe does not need: it fills its places in the table of the first. The promise brings what
 * else lies in its file: English words and a style sheet.
 */
export function loadLater() {
  const address = isAddress(given[0]) ? beside('cliffhanger-later.wasm') : new URL('cliffhanger-later.wasm', import.meta.url);
  loadingLater ??= instantiate(given[1] || address)
    .then(({ module }) => new TextDecoder().decode(WebAssembly.Module.customSections(module, 'text')[0]))
    .catch((error) => {
      loadingLater = undefined;
      console.warn(`cliffhanger: ${error.message}`);
      throw error;
    });
  return loadingLater;
}

/** What is generated, and shows the first episode before the wasm is there. */
export async function loadGlue() {
  glue ??= await import('./glue.js');
  return glue;
}

async function start(wasm) {
  const { instance, module } = await instantiate(wasm);
  exported = glue.begin({ exports: { ...exported, ...instance.exports } }, module);
  return glue.Controller;
}

const isAddress = (wasm) => typeof wasm === 'string' || wasm instanceof URL;

async function instantiate(wasm) {
  const fetched = isAddress(wasm) ? fetch(wasm) : undefined;
  fetched?.catch(() => {}); // told below, unless the glue does not come either
  await loadGlue();
  exported ??= await glue.opener();
  const imports = { ...glue.imports(), _: exported };
  if (!fetched) {
    const made = await WebAssembly.instantiate(wasm, imports);
    return made.instance ? made : { instance: made, module: wasm };
  }
  const response = await fetched;
  if (!response.ok) throw new Error(`${response.url || wasm} was answered with status ${response.status}`);
  // Browsers stream only what bears this type.
  return response.headers.get('content-type') === 'application/wasm'
    ? WebAssembly.instantiateStreaming(response, imports)
    : WebAssembly.instantiate(await response.arrayBuffer(), imports);
}

/** Whether this error is a trap of our wasm: after one it must not be called again. */
export function isTrap(error) {
  return error instanceof WebAssembly.RuntimeError && !!error.stack?.includes(glue?.script ?? '');
}
