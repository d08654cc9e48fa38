// The plain script tag on a page of another origin, under the strictest policy that is supported.
import assert from 'node:assert/strict';
import { before } from 'node:test';
import { Origin } from '../e2e/support/origin.mjs';
import { scenario } from '../e2e/support/scenario.mjs';
import { SERIES, complaints } from './support/drive.mjs';
import { install } from './support/packed.mjs';

let packed;
before(() => { packed = install(); });

/** Nothing inline, no eval but wasm's, no markup from strings; only the other origin may bring script. */
const policy = (cdn) => [
  "default-src 'none'", `script-src ${cdn} 'wasm-unsafe-eval'`, "style-src 'self'", `connect-src 'self' ${cdn}`, "img-src 'self' data:",
  "media-src 'self' blob:", "require-trusted-types-for 'script'", "base-uri 'none'",
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

for (const [title, script, mark] of WAYS) {
  scenario(`strict policy, second origin: ${title}, plays and swipes`, async ({ origin, open }) => {
    const cdn = await Origin.start();
    try {
      cdn.shared = true;
      cdn.mount('/p/', packed.folder);
      origin.put('/series.json', SERIES);
      origin.put('/style.css', STYLE);
      const url = origin.put('/strict.html', page(script(cdn.url), mark), { headers: { 'content-security-policy': policy(cdn.url) } });
      const stage = await open({ url });
      await stage.playing(1);
      await stage.settled();
      await stage.flingTo(2);
      await stage.playing(2);
      await stage.page.getByRole('button', { name: 'Episodes' }).first().tap();
      await stage.untilShows('drawer');
      assert.deepEqual(complaints(stage), [], 'the policy had nothing to object to');
      assert.equal(await stage.eval(() => document.querySelector('cliffhanger-player').freeEpisodes), 3);
      const wasm = cdn.paths(/\.wasm$/).length;
      assert.equal(wasm, script('').includes('inline') ? 0 : 2);
    } finally {
      await cdn.stop();
    }
  });
}
