// Bundles the package: node build.mjs <dev|dist|unopened|unfed> <folder with the glue and wasm> <output folder>
//
// `cargo xtask build` makes the glue and calls this. The sources in src/ import two things that are not files:
//   cliffhanger:glue         the generated glue
//   cliffhanger:opener-bytes the wasm that shows the first episode, as a Uint8Array
//   cliffhanger:wasm-bytes   both wasm files as Uint8Arrays, for builds that must be one file
import { createHash } from 'node:crypto';
import { readFile, writeFile, readdir, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

const [mode, glueFolder, outFolder] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const glue = resolve(glueFolder, 'cliffhanger_glue.js');
const wasm = await readFile(resolve(glueFolder, 'cliffhanger_glue_bg.wasm'));
const opens = mode === 'dev' || mode === 'dist';
const opener = !opens ? Buffer.alloc(0) : await readFile(resolve(glueFolder, 'cliffhanger_glue_opener.wasm'));
const source = (name) => readFile(resolve(here, '../src', name), 'utf8');

/** `Name = text`, a line each; what stands behind `---` is said only by the second wasm. */
const entries = (text) => text.split('\n').filter((line) => line.includes(' = ')).map((line) => line.split(/ = (.*)/s, 2));
const english = await source('lang/en.txt');
const names = entries(english).map(([name]) => name);
// FNV-1a, as in build.rs: a file of words from another build has other lines.
const mark = (Buffer.from(names.join('\n')).reduce((sum, byte) => Math.imul(sum ^ byte, 0x01000193), 0x811c9dc5) >>> 0).toString(16).padStart(8, '0');

/** The file that is loaded for a language: the mark, its name, and the words in the order of the English ones. */
async function language(name) {
  const words = new Map(entries(await source(`lang/${name}`)));
  const missing = names.filter((word) => !words.has(word));
  if (missing.length) throw new Error(`src/lang/${name} lacks ${missing.join(', ')}`);
  return Buffer.from([`${mark} ${name.slice(0, 2)}`, ...names.map((word) => words.get(word))].join('\n'));
}

/** A section that the engine passes over and the loader reads. */
function section(name, text) {
  const length = (number) => (number < 128 ? [number] : [(number & 127) | 128, ...length(number >>> 7)]);
  const body = Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from(text)]);
  return Buffer.concat([Buffer.from([0, ...length(body.length)]), body]);
}

const style = await transform(await source('later/style.css'), { loader: 'css', minify: true });
const later = Buffer.concat([
  await readFile(resolve(glueFolder, 'cliffhanger_glue_later.wasm')),
  section('text', [style.code.trim(), ...entries(english.split('---\n')[1]).map(([, text]) => text)].join('\n')),
]);
const both = Buffer.concat([wasm, later]);
const { version } = JSON.parse(await readFile(join(here, 'package.json'), 'utf8'));

/**
 * A template literal with one character per byte: three percent larger than the bytes once compressed, where base64 costs a third.
 * Only what would end or change the literal is escaped; a bundler would escape far more, so this is appended after bundling.
 */
function literal(bytes) {
  let text = '';
  bytes.forEach((byte, at) => {
    const next = bytes[at + 1];
    if (byte === 0) text += next >= 0x30 && next <= 0x39 ? '\\x00' : '\\0';
    else if (byte === 0x0d) text += '\\r';
    else if (byte === 0x5c || byte === 0x60 || (byte === 0x24 && next === 0x7b)) text += '\\' + String.fromCharCode(byte);
    else text += String.fromCharCode(byte);
  });
  return '`' + text + '`';
}

/** Sum that a server or proxy which re-encodes the file changes. */
function checksum(bytes) {
  return bytes.reduce((sum, byte) => (Math.imul(sum, 31) + byte) | 0, 0);
}

// The functions are declared at the very end of the file, after everything source maps speak of.
const declare = (name, bytes) => `function __cliffhanger_${name}__(){return${literal(bytes)}}`;
const wasmBytes = `
  const text = __cliffhanger_wasm__();
  const bytes = new Uint8Array(text.length);
  let sum = 0;
  for (let at = 0; at < bytes.length; at++) {
    bytes[at] = text.charCodeAt(at);
    sum = (Math.imul(sum, 31) + bytes[at]) | 0;
  }
  if (bytes.length !== ${both.length} || sum !== ${checksum(both)}) {
    throw new Error('cliffhanger: inline.js was changed on its way: serve it as UTF-8, unmodified');
  }
  export default bytes.subarray(0, ${wasm.length});
  export const later = bytes.subarray(${wasm.length});
`;
const contents = { wasm: wasmBytes, opener: 'export default Uint8Array.from(__cliffhanger_opener__(), (character) => character.charCodeAt());' };

const sources = {
  name: 'cliffhanger',
  setup(build) {
    build.onResolve({ filter: /^cliffhanger:glue$/ }, () => ({ path: glue }));
    build.onResolve({ filter: /^cliffhanger:.*-bytes$/ }, ({ path }) => ({ path: path.slice('cliffhanger:'.length, -'-bytes'.length), namespace: 'cliffhanger' }));
    // A classic script is read in the encoding of its page, and what it declares is global.
    const classic = build.initialOptions.format === 'iife';
    build.onLoad({ filter: /.*/, namespace: 'cliffhanger' }, ({ path }) => (classic ? { contents: opener, loader: 'binary' } : { contents: contents[path], loader: 'js' }));
    if (!opens) {
      build.onResolve({ filter: /^\.\/opener\.js$/ }, ({ path }) => ({ path, namespace: 'unopened' }));
      build.onLoad({ filter: /.*/, namespace: 'unopened' }, () => ({ contents: 'export const opener = async () => ({}), show = async () => {};' }));
    }
  },
};

const common = {
  absWorkingDir: here,
  bundle: true,
  write: false,
  target: 'es2022',
  charset: 'utf8',
  sourcemap: 'linked',
  legalComments: 'none',
  minify: mode !== 'dev',
  define: { __CLIFFHANGER_VERSION__: JSON.stringify(version), __CLIFFHANGER_DEV__: String(mode === 'dev'), __CLIFFHANGER_FED__: String(mode !== 'unfed') },
  plugins: [sources],
  outdir: outFolder,
  logLevel: 'warning',
};

const bundles = await Promise.all([
  build({ ...common, format: 'esm', entryPoints: ['src/cliffhanger.js', 'src/element.js'], external: ['./glue.js', './hls.js'] }),
  build({ ...common, format: 'esm', entryPoints: ['src/glue.js'], footer: { js: declare('opener', opener) } }),
  // With its white space, because what tells bundlers to leave an import alone is a comment.
  build({ ...common, format: 'esm', entryPoints: ['src/hls.js'], minify: false, minifySyntax: common.minify, minifyIdentifiers: common.minify }),
  build({ ...common, format: 'esm', entryPoints: ['src/inline.js'], footer: { js: declare('wasm', both) + declare('opener', opener) } }),
  // A classic script has no import.meta; its own address can only be read while it runs for the first time.
  build({
    ...common,
    format: 'iife',
    entryPoints: ['src/classic.js'],
    inject: [join(here, 'classic-url.mjs')],
    define: { ...common.define, 'import.meta.url': '__cliffhangerScriptUrl' },
  }),
]);

const files = new Map([['cliffhanger.wasm', wasm], ['cliffhanger-later.wasm', later]]);
for (const { outputFiles } of bundles) {
  for (const { path, contents } of outputFiles) files.set(path.slice(resolve(outFolder).length + 1), contents);
}

// What a page writes into `integrity` when it takes a script from a server that is not its own.
const pin = (contents) => `sha384-${createHash('sha384').update(contents).digest('base64')}`;
const scripts = [...files].filter(([name]) => name.endsWith('.js')).sort(([a], [b]) => (a < b ? -1 : 1));
files.set('integrity.json', Buffer.from(`${JSON.stringify(Object.fromEntries(scripts.map(([name, contents]) => [name, pin(contents)])), null, 2)}\n`));

for (const name of await readdir(resolve(here, '../src/lang'))) {
  if (name !== 'en.txt') files.set(join('lang', name), await language(name));
}

// A server may be serving the folder: each file changes in one step, and unchanged ones not at all.
await mkdir(join(outFolder, 'lang'), { recursive: true });
for (const [name, contents] of files) {
  const file = join(outFolder, name);
  const old = await readFile(file).catch(() => null);
  if (old && old.equals(contents)) continue;
  await writeFile(`${file}.new`, contents);
  await rename(`${file}.new`, file);
}
for (const entry of await readdir(outFolder, { recursive: true, withFileTypes: true })) {
  const name = join(entry.parentPath, entry.name).slice(resolve(outFolder).length + 1);
  if (entry.isFile() && !files.has(name)) await rm(join(outFolder, name));
}
