// What is heavy in the wasm: the sizes of its functions, by the crate and module that their names tell.
//
// Read before wasm-opt, which drops the names and takes off about a quarter; the shares stay much the same.
import fs from 'node:fs';
import path from 'node:path';
import { brotli } from './server.mjs';

const MODULES = 24;
const FUNCTIONS = 12;

/** `{ total, modules: [[name, bytes]], functions: [[name, bytes]] }`, largest first; null when there is no such file. */
export function weigh(file) {
  if (!fs.existsSync(file)) return null;
  const { sizes, data, names } = read(fs.readFileSync(file));
  const modules = new Map();
  const add = (name, bytes) => modules.set(name, (modules.get(name) ?? 0) + bytes);
  // The generator of the glue reads these and takes them out.
  for (const index of [...sizes.keys()]) if (/describe/.test(names.get(index) ?? '')) sizes.delete(index);
  for (const [index, bytes] of sizes) add(module(names.get(index) ?? ''), bytes);
  add('(constants and texts)', data);
  const largest = (pairs, count) => [...pairs].sort((a, b) => b[1] - a[1]).slice(0, count);
  return {
    total: [...modules.values()].reduce((sum, bytes) => sum + bytes, 0),
    modules: largest(modules, MODULES),
    functions: largest([...sizes].map(([index, bytes]) => [plain(names.get(index) ?? '?'), bytes]), FUNCTIONS),
  };
}

/** What an embedded player weighs before its first swipe, as it is sent. */
export function embed(folder) {
  const files = ['cliffhanger.js', 'glue.js', 'cliffhanger.wasm'].map((file) => fs.readFileSync(path.join(folder, file)));
  return files.reduce((sum, body) => sum + brotli(body).length, 0);
}

/** The path in a mangled name (of either scheme): crate, modules, type, function; empty when it is no name of Rust's. */
function parts(mangled) {
  if (!/^_(R|ZN)/.test(mangled)) return [];
  // Hashes of crates, back references and numbers of impl blocks go, so that only lengths and names are left.
  const lean = mangled.startsWith('_R') ? mangled.replace(/(C|M|X|N[a-z])s[0-9A-Za-z]*?_/g, '$1').replace(/B[0-9A-Za-z]*_/g, '') : mangled.replace(/17h[0-9a-f]{16}E$/, '');
  const found = [];
  for (const next = /\d+/g; ;) {
    const match = next.exec(lean);
    if (!match) return found;
    const start = match.index + match[0].length + (lean[match.index + match[0].length] === '_' ? 1 : 0);
    found.push(lean.slice(start, start + Number(match[0])));
    next.lastIndex = start + Number(match[0]);
  }
}

const plain = (name) => parts(name).slice(0, 5).join('::') || name;

/** Of our own crates the module, of others the crate. */
function module(name) {
  const path = parts(name);
  if (path.length === 0) return '(glue and exports)';
  if (!path[0].startsWith('cliffhanger')) return path[0];
  return path.slice(0, path[1] === 'player' ? 3 : 2).filter((part) => /^[a-z_0-9]+$/.test(part)).join('::');
}

/** The code section's sizes by function index, the bytes of data, and the name section. */
function read(bytes) {
  let at = 8;
  const number = () => {
    let [value, shift, byte] = [0, 0, 0];
    do {
      byte = bytes[at++];
      value += (byte & 127) * 2 ** shift;
      shift += 7;
    } while (byte & 128);
    return value;
  };
  const text = () => {
    const length = number();
    at += length;
    return bytes.toString('utf8', at - length, at);
  };
  const limits = () => {
    const flags = number();
    number();
    if (flags & 1) number();
  };
  let [imported, data] = [0, 0];
  const [sizes, names] = [new Map(), new Map()];
  while (at < bytes.length) {
    const id = number();
    const length = number();
    const end = at + length;
    if (id === 2) {
      for (let left = number(); left > 0; left -= 1) {
        text();
        text();
        const kind = number();
        if (kind === 0) imported += 1;
        if (kind === 0) number();
        else if (kind === 1) { number(); limits(); } else if (kind === 2) limits();
        else { number(); number(); }
      }
    } else if (id === 10) {
      for (let [left, index] = [number(), imported]; left > 0; left -= 1, index += 1) {
        const size = number();
        sizes.set(index, size);
        at += size;
      }
    } else if (id === 11) {
      data += length;
    } else if (id === 0 && text() === 'name') {
      while (at < end) {
        const kind = number();
        const stop = number() + at;
        if (kind === 1) for (let left = number(); left > 0; left -= 1) { const index = number(); names.set(index, text()); }
        at = stop;
      }
    }
    at = end;
  }
  return { sizes, data, names };
}
