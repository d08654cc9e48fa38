// What is measured: the pages, each used as its documentation advises, and where their files come from.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { name } from './media.mjs';
import { brotli } from './server.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const FIRST = '/media/1/e01.mp4';
const WASM = '/cliffhanger/cliffhanger.wasm';
const POSTER = '/media/1/e01.jpg';
const VIDEO = `<video src="${FIRST}" poster="${POSTER}" muted autoplay playsinline></video>`;
const STYLE = `html,body{margin:0;height:100%;background:#000;overflow:hidden}video{display:block;width:100%;height:100%;object-fit:cover}
#feed{height:100%}cliffhanger-player{display:block;width:100vw;height:100dvh}`;
/** Of the pages with the hand-written feed. */
const SNAP = `#feed{overflow-y:scroll;scroll-snap-type:y mandatory;overscroll-behavior:contain;scrollbar-width:none}.track{position:relative}
.slide{position:absolute;left:0;right:0;top:0;height:100%;scroll-snap-align:start;scroll-snap-stop:always;background:#000 center/cover}`;
const SWIPER = '.swiper,.swiper-slide{height:100%}';

const scripted = (id, style, css, inside = '') => (count) => page(`<style>${style}</style>
${css ? `<link rel="stylesheet" href="/built/${id}.css">` : ''}<link rel="preload" href="/series.json?count=${count}" as="fetch" crossorigin>
<script type="module" src="/built/${id}.js"></script>`, inside);
// As docs/embedding.md has it.
const preload = (address, type) => `<link rel="preload" href="${address}" as="fetch" type="${type}" crossorigin>`;
const CODE = '<link rel="modulepreload" href="/cliffhanger/glue.js">';
const cliffhanger = (head, attributes, inside) => page(`<link rel="modulepreload" href="/cliffhanger/cliffhanger.js">${head}
<script type="module" src="/cliffhanger/cliffhanger.js"></script>
<script type="module">window.benchIndex = () => (document.querySelector('cliffhanger-player').currentEpisode?.n ?? 0) - 1;</script>`,
`<cliffhanger-player ${attributes} free-episodes="99999" autoplay muted no-auto-advance no-resume>${inside}</cliffhanger-player>`);
const manifest = (count) => `/series.json?count=${count}`;
const adopted = (count) => cliffhanger('', `src="${manifest(count)}"`, VIDEO);
const addressed = (count) => cliffhanger(CODE + preload(manifest(count), 'application/json'), `src="${manifest(count)}"`, '');
const written = (count) => cliffhanger(CODE, '', `<script type="application/json">${series(count)}</script>`);

/** `html(count)` is the page for a feed of so many episodes; `script` is bundled to /built/<id>.js and .css; `start`: only its start is of interest. */
export const VARIANTS = [
  { id: 'bare', letter: 'a', title: 'a bare `<video>`', single: true, html: () => page('', VIDEO) },
  { id: 'pool', letter: 'b', title: 'hand-written pool of three', script: 'pages/pool.mjs', html: scripted('pool', SNAP, false, `<div id="feed"><section class="slide">${VIDEO}</section></div>`) },
  { id: 'swiper', letter: 'c', title: 'Swiper, virtual', script: 'pages/swiper.mjs', html: scripted('swiper', SWIPER, true, '<div id="feed" class="swiper"><div class="swiper-wrapper"></div></div>') },
  { id: 'rvf', letter: 'd', title: 'react-vertical-feed', script: 'pages/react-vertical-feed.mjs', html: scripted('rvf', '', false, '<div id="feed"></div>') },
  { id: 'xgplayer', letter: 'e', title: 'xgplayer in a feed', script: 'pages/xgplayer.mjs', html: scripted('xgplayer', SNAP, true, '<div id="feed"></div>') },
  { id: 'hls', letter: 'e', title: 'hls.js in a feed', script: 'pages/hls.mjs', html: scripted('hls', SNAP, false, '<div id="feed"></div>') },
  { id: 'adopted', letter: 'i', title: '**Cliffhanger**, first `<video>` adopted', own: true, html: adopted },
  { id: 'cliffhanger', letter: 'ii', title: '**Cliffhanger**, `src` only', own: true, html: addressed },
  { id: 'inline', letter: 'iii', title: '**Cliffhanger**, manifest in the page', own: true, start: true, html: written },
];
export const QUICK = ['bare', 'pool', 'swiper', 'rvf', 'adopted', 'cliffhanger', 'inline'];

function page(head, body) {
  return Buffer.from(`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>bench</title><link rel="icon" href="data:,"><style>${STYLE}</style>${head}</head><body>${body}</body></html>`);
}

/** The manifest of a feed of `count` episodes, all of them free. */
function series(count) {
  return Buffer.from(JSON.stringify({
    cliffhanger: '1', series: { id: 'bench', title: 'Bench', lang: 'en' }, access: { mode: 'open', freeEpisodes: count },
    episodes: Array.from({ length: count }, (_, index) => ({
      id: `e${index + 1}`, n: index + 1, title: `Episode ${index + 1}`, durationMs: 60_000,
      poster: { url: `/media/${index + 1}/${name(index + 1)}.jpg` }, renditions: [{ type: 'mp4', url: `/media/${index + 1}/${name(index + 1)}.mp4` }],
    })),
  }));
}

/**
 * Bundles the pages; the answer finds what a server is asked for (see `Link.open`). `names` is the section with the names of the wasm's functions:
 * behind the wasm as it is shipped, it lets a profile tell them apart.
 */
export async function site({ dist, media, names }) {
  const built = new Map();
  for (const { id, script } of VARIANTS) {
    if (!script) continue;
    const { outputFiles } = await build({
      entryPoints: { [id]: path.join(HERE, script) }, outdir: '/built', bundle: true, minify: true, write: false, format: 'esm', target: 'es2022',
      define: { 'process.env.NODE_ENV': '"production"' }, loader: { '.svg': 'dataurl', '.woff': 'dataurl', '.ttf': 'dataurl' }, logLevel: 'error', legalComments: 'none',
    });
    for (const file of outputFiles) built.set(file.path, Buffer.from(file.contents));
  }
  for (const file of ['cliffhanger.js', 'glue.js', 'cliffhanger.wasm', 'cliffhanger-later.wasm']) built.set(`/cliffhanger/${file}`, fs.readFileSync(path.join(dist, file)));
  // Compressed before anybody waits for it.
  for (const [where, body] of built) if (/\.(js|css|wasm)$/.test(where)) brotli(body);
  const named = Buffer.concat([built.get(WASM), names]);
  return (profile, withNames) => (pathname, query) => {
    if (withNames && pathname === WASM) return named;
    const count = Number(query.get('count') ?? 20);
    const generated = (key, body) => {
      if (!built.has(key)) built.set(key, body());
      return built.get(key);
    };
    const variant = VARIANTS.find(({ id }) => pathname === `/${id}.html`);
    if (variant) return generated(`${variant.id} ${count}`, () => variant.html(count));
    if (pathname === '/series.json') return generated(`series ${count}`, () => series(count));
    if (built.has(pathname)) return built.get(pathname);
    const file = path.join(media, profile.name, pathname.replace(/^\/media\/\d+\//, ''));
    return pathname.startsWith('/media/') && fs.existsSync(file) ? { file, size: fs.statSync(file).size } : undefined;
  };
}
