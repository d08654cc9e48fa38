// What is published, and what it is without a browser.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import test, { before } from 'node:test';
import { HERE, install } from './support/packed.mjs';

let packed;
let manifest;
const read = (name) => fs.readFileSync(path.join(packed.folder, name), 'utf8');
before(() => {
  packed = install();
  manifest = JSON.parse(read('package.json'));
});

test('the packed files are exactly these', () => {
  assert.deepEqual(packed.files.map((file) => file.path).sort(), [
    'LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'custom-elements.json',
    'dist/classic.js', 'dist/classic.js.map', 'dist/cliffhanger-later.wasm', 'dist/cliffhanger.js', 'dist/cliffhanger.js.map', 'dist/cliffhanger.wasm',
    'dist/element.js', 'dist/element.js.map', 'dist/glue.js', 'dist/glue.js.map', 'dist/hls.js', 'dist/hls.js.map', 'dist/inline.js', 'dist/inline.js.map', 'dist/integrity.json',
    ...['ar', 'de', 'es', 'fr', 'id', 'ja', 'ko', 'nl', 'pt', 'zh'].map((language) => `dist/lang/${language}.txt`), 'package.json',
    'types/classic.d.ts', 'types/cliffhanger.d.ts', 'types/element.d.ts', 'types/index.d.ts', 'types/index.js', 'types/react.d.ts', 'types/vue.d.ts',
  ]);
});

test('everything the package names is in it', () => {
  const named = (value) => (typeof value === 'string' ? [value] : Object.values(value).flatMap(named));
  const all = [manifest.exports, manifest.main, manifest.types, manifest.unpkg, manifest.jsdelivr, manifest.customElements].flatMap(named);
  const missing = all.filter((file) => !fs.existsSync(path.join(packed.folder, file.replace(/\*$/, ''))));
  assert.deepEqual(missing, []);
  for (const module of JSON.parse(read(manifest.customElements)).modules) assert.ok(fs.existsSync(path.join(packed.folder, module.path)), module.path);
});

test('it depends on nothing and runs nothing when it is installed', () => {
  assert.equal(manifest.dependencies, undefined);
  assert.equal(manifest.scripts, undefined);
  assert.deepEqual(manifest.publishConfig, { access: 'public', provenance: true });
  assert.equal(manifest.license, 'MIT OR Apache-2.0');
});

test('integrity.json has the hash of every script, and of nothing else', () => {
  const scripts = packed.files.map((file) => file.path).filter((name) => /^dist\/[^/]*\.js$/.test(name)).sort();
  const hash = (name) => `sha384-${createHash('sha384').update(fs.readFileSync(path.join(packed.folder, name))).digest('base64')}`;
  assert.deepEqual(JSON.parse(read('dist/integrity.json')), Object.fromEntries(scripts.map((name) => [path.basename(name), hash(name)])));
});

test('publint has nothing to say', async () => {
  const { publint } = await import('publint');
  const { messages } = await publint({ pkgDir: packed.folder, strict: true });
  assert.deepEqual(messages, []);
});

test('custom-elements.json is a manifest by its own schema', async () => {
  const { default: Ajv } = await import('ajv');
  const schema = JSON.parse(fs.readFileSync(path.join(HERE, 'node_modules/custom-elements-manifest/schema.json'), 'utf8'));
  const ajv = new Ajv({ strict: false });
  assert.ok(ajv.validate(schema, JSON.parse(read('custom-elements.json'))), ajv.errorsText(ajv.errors));
});

test('files with side effects are said to have them, and only those', () => {
  const defines = ['dist/classic.js', 'dist/cliffhanger.js', 'dist/inline.js'];
  assert.deepEqual(manifest.sideEffects.filter((file) => file.startsWith('./dist/')).sort(), defines.map((file) => `./${file}`));
});

test('source maps lead to the sources, which they hold', () => {
  for (const { path: name } of packed.files.filter((file) => file.path.endsWith('.js.map'))) {
    const map = JSON.parse(read(name));
    assert.ok(map.sources.some((source) => /src\/(element|glue|hls)\.js$/.test(source)), name);
    assert.equal(map.sourcesContent.length, map.sources.length);
    assert.match(read(name.replace(/\.map$/, '')), new RegExp(`sourceMappingURL=${path.basename(name)}`));
  }
});

test('no path of the machine that built it is in it', () => {
  const secrets = [path.resolve(HERE, '../..'), process.env.HOME].filter((text) => text && text.length > 4);
  // A development build keeps panic messages, which name source files.
  const dev = read('dist/cliffhanger.js').includes('\n  ');
  for (const { path: name } of packed.files.filter((file) => !(dev && /wasm$|inline/.test(file.path)))) {
    const bytes = fs.readFileSync(path.join(packed.folder, name));
    for (const secret of secrets) assert.ok(!bytes.includes(secret), `${name} names ${secret}`);
  }
});

const ENTRIES = ['cliffhanger-player', 'cliffhanger-player/element', 'cliffhanger-player/inline', 'cliffhanger-player/classic', 'cliffhanger-player/types'];

for (const entry of ENTRIES) {
  test(`importing ${entry} on a server throws nothing and says nothing`, () => {
    const script = `process.on('warning', (warning) => { throw warning; }); const entry = await import('${entry}'); console.log(Object.keys(entry).sort().join());`;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: HERE, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    const bare = entry.endsWith('classic') || entry.endsWith('types');
    assert.equal(said.trim(), bare ? '' : 'CliffhangerPlayer,setHls,setWasm');
  });
}

test('both wasm files and the metadata can be found by name', () => {
  const { resolve } = createRequire(path.join(HERE, 'x.js'));
  for (const name of ['cliffhanger.wasm', 'cliffhanger-later.wasm', 'custom-elements.json', 'package.json']) {
    assert.ok(fs.existsSync(resolve(`cliffhanger-player/${name}`)), name);
  }
});

test('the class has the attributes, properties and methods that custom-elements.json says, and no others', async () => {
  const { CliffhangerPlayer } = await import('cliffhanger-player/element');
  const [element] = JSON.parse(read('custom-elements.json')).modules[0].declarations;
  assert.deepEqual([...CliffhangerPlayer.observedAttributes].sort(), element.attributes.map(({ name }) => name).sort());
  const ours = Object.getOwnPropertyDescriptors(CliffhangerPlayer.prototype);
  const callbacks = ['constructor', 'connectedCallback', 'disconnectedCallback', 'attributeChangedCallback'];
  const names = Object.keys(ours).filter((name) => !callbacks.includes(name));
  assert.deepEqual(names.sort(), element.members.map(({ name }) => name).sort());
  for (const { kind, name, readonly } of element.members) {
    if (kind === 'method') assert.equal(typeof ours[name].value, 'function', name);
    else assert.equal(ours[name].set === undefined, readonly === true, `${name} ${readonly ? 'cannot' : 'can'} be set`);
  }
});

test('the README names every entry, and no entry that is not there', () => {
  const named = [...read('README.md').matchAll(/`(cliffhanger-player(?:\/[\w.*-]+)*)`/g)].map(([, name]) => name);
  const there = Object.keys(manifest.exports).map((name) => name.replace(/^\./, 'cliffhanger-player'));
  assert.deepEqual(named.filter((name) => !there.includes(name)), []);
  assert.deepEqual(there.filter((name) => !named.includes(name) && !/\.json$/.test(name)), []);
});
