// The packed package, built by each bundler as its documentation says, opened in Chromium and swiped.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { before } from 'node:test';
import { promisify } from 'node:util';
import { scenario } from '../e2e/support/scenario.mjs';
import { SERIES, mountAgain, swipe } from './support/drive.mjs';
import { HERE, consumer, install, scratch } from './support/packed.mjs';

before(install);

/** Serves what `build(folder)` has built and opens it. */
function bundled(title, build, body) {
  scenario(`${title}: built from the packed package, opened and swiped`, ({ origin, open }) => scratch(async (folder) => {
    await build(folder);
    origin.put('/series.json', SERIES);
    await body({ origin, open, folder });
  }), { timeout: 180_000 });
}

/** A framework's page, which is built as a whole. */
async function framework({ origin, open, folder }) {
  const stage = await open({ url: origin.mount('/', folder) });
  await swipe(stage);
  await mountAgain(stage);
  assert.deepEqual(fetchedWasm(origin).sort(), ['cliffhanger', 'cliffhanger-later'], 'each wasm once, however many players');
}

/** A bundle in a hand-written page. */
async function plain({ origin, open, folder }) {
  origin.put('/style.css', fs.readFileSync(path.join(HERE, 'support/style.css')));
  origin.mount('/built/', folder);
  const stage = await open({ url: origin.put('/page.html', fs.readFileSync(path.join(HERE, 'consumers/plain.html'))) });
  await swipe(stage);
}

/** Which of the two were fetched, by the names they had before the bundler gave them others. */
const fetchedWasm = (origin) => origin.paths(/\.wasm/).map((where) => /cliffhanger(-later)?/.exec(where)?.[0] ?? where);

async function vite(name, folder, options) {
  const { build } = await import('vite');
  await build({
    root: consumer(name), configFile: false, logLevel: 'warn', build: { outDir: folder, emptyOutDir: true }, ...options,
  });
}

bundled('Vite with React 19', (folder) => vite('vite-react', folder, {
  // React's development build, whose strict mode mounts twice.
  mode: 'development', define: { 'process.env.NODE_ENV': '"development"' },
}), framework);

bundled('Vite with Vue 3', async (folder) => {
  const { default: vue } = await import('@vitejs/plugin-vue');
  const compilerOptions = { isCustomElement: (tag) => tag === 'cliffhanger-player' };
  await vite('vite-vue', folder, { plugins: [vue({ template: { compilerOptions } })] });
}, framework);

scenario('Vite\'s development server: opened and swiped', async ({ origin, open }) => {
  const { createServer } = await import('vite');
  origin.put('/series.json', SERIES);
  const server = await createServer({
    root: consumer('vite-react'), configFile: false, logLevel: 'warn', cacheDir: path.join(HERE, 'node_modules/.vite-test'),
    server: { port: 0, host: '127.0.0.1', fs: { allow: [path.resolve(HERE, '../..')] }, proxy: { '^/(series.json|media/)': origin.url } },
  });
  try {
    await server.listen();
    const stage = await open({ url: `http://127.0.0.1:${server.httpServer.address().port}/` });
    await swipe(stage);
  } finally {
    await server.close();
  }
}, { timeout: 180_000 });

bundled('webpack 5', async (folder) => {
  const { default: webpack } = await import('webpack');
  const stats = await promisify(webpack)({
    mode: 'production', context: consumer('webpack'), entry: './main.js', output: { path: folder, filename: 'main.js', publicPath: 'auto' },
    performance: { hints: false },
  });
  assert.deepEqual(stats.toJson({ all: false, errors: true, warnings: true }), { errors: [], warnings: [] });
}, async (all) => {
  await plain(all);
  assert.equal(fs.readdirSync(all.folder).filter((name) => name.endsWith('.wasm')).length, 2, 'webpack has copied both wasm files');
});

bundled('Rollup', async (folder) => {
  const { rollup } = await import('rollup');
  const { nodeResolve } = await import('@rollup/plugin-node-resolve');
  const bundle = await rollup({ input: path.join(consumer('rollup'), 'main.js'), plugins: [nodeResolve({ browser: true })] });
  await bundle.write({ dir: folder, format: 'es' });
  await bundle.close();
  const dist = path.join(HERE, 'node_modules/cliffhanger-player/dist');
  for (const name of fs.readdirSync(dist)) if (name.endsWith('.wasm')) fs.copyFileSync(path.join(dist, name), path.join(folder, name));
}, plain);

async function esbuild(name, folder) {
  const { build } = await import('esbuild');
  const { warnings } = await build({
    entryPoints: [path.join(consumer(name), 'main.js')], outdir: folder, bundle: true, format: 'esm', loader: { '.wasm': 'file' }, charset: 'utf8', logLevel: 'silent',
  });
  assert.deepEqual(warnings, []);
}

bundled('esbuild', (folder) => esbuild('esbuild', folder), async (all) => {
  await plain(all);
  assert.equal(all.origin.paths(/^\/built\/cliffhanger(-later)?-[A-Z0-9]{8}\.wasm/).length, 2, 'both came from where esbuild had put them');
});

bundled('the single file', (folder) => esbuild('inline', folder), async (all) => {
  await plain(all);
  assert.deepEqual(fetchedWasm(all.origin), [], 'nothing is fetched beside the script');
});
