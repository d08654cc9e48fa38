// The plain script tag on a page of another origin, under the strictest policy that is supported.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { before } from 'node:test';
import { Origin } from '../e2e/support/origin.mjs';
import { scenario } from '../e2e/support/scenario.mjs';
import { SERIES, complaints } from './support/drive.mjs';
import { install } from './support/packed.mjs';

let packed;
before(() => { packed = install(); });

/** Nothing inline, no eval but wasm's, no markup from strings; only the other origin may bring script. */
const policy = (cdn, workers) => [
  "default-src 'none'", `script-src ${cdn} 'wasm-unsafe-eval'`, "style-src 'self'", `connect-src 'self' ${cdn}`, "img-src 'self' data:",
  "media-src 'self' blob:", `worker-src ${workers}`, "require-trusted-types-for 'script'", 'trusted-types cliffhanger', "base-uri 'none'",
].join('; ');

const page = (script, mark) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>strict</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css">
${script}</head><body>${mark}</body></html>`;
const STYLE = 'body{margin:0}cliffhanger-player{display:block;width:100vw;height:100dvh}';
const ELEMENT = '<cliffhanger-player src="/series.json" autoplay muted free-episodes="3"></cliffhanger-player>';
const PLACE = '<div data-cliffhanger-src="/series.json" data-cliffhanger-autoplay data-cliffhanger-muted data-cliffhanger-free-episodes="3"></div>';

const WAYS = [
  ['the classic script mounts an element', (cdn) => `<script src="${cdn}/p/dist/classic.js"></script>`, ELEMENT],
  ['the classic script mounts [data-cliffhanger-src]', (cdn) => `<script src="${cdn}/p/dist/classic.js"></script>`, PLACE],
  ['the classic script may come late and asynchronously', (cdn) => `<script async src="${cdn}/p/dist/classic.js"></script>`, ELEMENT],
  ['the module does the same', (cdn) => `<script type="module" src="${cdn}/p/dist/cliffhanger.js"></script>`, ELEMENT],
  ['the single file needs nothing beside it', (cdn) => `<script type="module" src="${cdn}/p/dist/inline.js"></script>`, ELEMENT],
];

/** Swipes on a page with such a policy, whose script comes from another origin; then `look(stage, cdn)`. */
async function strict({ origin, open }, [, script, mark], workers, look) {
  const cdn = await Origin.start();
  try {
    cdn.shared = true;
    cdn.mount('/p/', packed.folder);
    origin.put('/series.json', SERIES);
    origin.put('/style.css', STYLE);
    const url = origin.put('/strict.html', page(script(cdn.url), mark), { headers: { 'content-security-policy': policy(cdn.url, workers) } });
    const stage = await open({ url });
    await stage.playing(1);
    await stage.settled();
    await stage.flingTo(2);
    await stage.playing(2);
    await look(stage, cdn);
  } finally {
    await cdn.stop();
  }
}

for (const way of WAYS) {
  scenario(`strict policy, second origin: ${way[0]}, plays and swipes`, (t) => strict(t, way, 'blob:', async (stage, cdn) => {
    await stage.page.getByRole('button', { name: 'Episodes' }).first().tap();
    await stage.untilShows('drawer');
    assert.deepEqual(complaints(stage), [], 'the policy had nothing to object to');
    assert.equal(await stage.eval(() => document.querySelector('cliffhanger-player').freeEpisodes), 3);
    assert.equal(cdn.paths(/\.wasm$/).length, way[1]('').includes('inline') ? 0 : 2);
  }));
}

scenario('strict policy, second origin: without workers it objects once, and all goes on', (t) => strict(t, WAYS[0], "'none'", async (stage) => {
  const found = complaints(stage);
  assert.ok(found.length === 1 && /worker/i.test(found[0]), found.join('\n'));
  assert.deepEqual((await stage.get('stats')).episodes.map(({ source }) => source), ['ranges', 'ranges']);
}));

/** A page that takes its script from another origin, as `docs/embedding.md` says, with the hash that the package tells. */
async function pinned({ origin, cdn, open }, name) {
  cdn.shared = true;
  cdn.mount('/p/', packed.folder);
  origin.put('/series.json', SERIES);
  origin.put('/style.css', STYLE);
  const hash = JSON.parse(fs.readFileSync(path.join(packed.folder, 'dist/integrity.json'), 'utf8'))[name];
  const module = name === 'classic.js' ? '' : 'type="module" ';
  const script = `<script ${module}src="${cdn.url}/p/dist/${name}" integrity="${hash}" crossorigin="anonymous"></script>`;
  return open({ url: origin.put('/pinned.html', page(script, ELEMENT)) });
}

async function withCdn(body) {
  const cdn = await Origin.start();
  try {
    await body(cdn);
  } finally {
    await cdn.stop();
  }
}

const PINNED = ['classic.js', 'cliffhanger.js', 'inline.js'];

scenario('a script of another origin whose hash is that of integrity.json plays', async ({ origin, open }) => {
  for (const name of PINNED) {
    await withCdn(async (cdn) => {
      const stage = await pinned({ origin, cdn, open }, name);
      await stage.playing(1);
      assert.deepEqual(complaints(stage), []);
    });
  }
});

scenario('a script that was changed at another origin is refused by the browser, and nothing of it runs', async ({ origin, open }) => {
  for (const name of PINNED) {
    await withCdn(async (cdn) => {
      const changed = `window.changed = true;\n${fs.readFileSync(path.join(packed.folder, 'dist', name), 'utf8')}`;
      cdn.rule(new RegExp(`/${name.replace('.', '\\.')}$`), { body: changed, type: 'text/javascript' });
      const stage = await pinned({ origin, cdn, open }, name);
      await stage.until(() => document.readyState === 'complete');
      assert.deepEqual(await stage.eval(() => [window.changed ?? null, customElements.get('cliffhanger-player') ?? null]), [null, null], name);
      assert.deepEqual(cdn.paths(), [`/p/dist/${name}`], 'it was fetched, and nothing else');
      assert.match(complaints(stage).join('\n'), /integrity/);
    });
  }
});
