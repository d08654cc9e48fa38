// A scenario is a test with a server, a page and a player in it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { DESKTOP, PHONE, browser } from './browser.mjs';
import { Origin } from './origin.mjs';
import { RECORDER } from './recorder.mjs';
import { Stage } from './stage.mjs';

/**
 * Runs `body({ origin, open })`. `open({ url | body, head, desktop })` opens a page and returns its `Stage`. Afterwards
 * everything is closed, and an exception in any page fails the test, whatever else it found.
 */
export function scenario(title, body, { timeout = 90_000 } = {}) {
  test(title, { timeout }, async (t) => {
    const origin = await Origin.start();
    const stages = [];
    const contexts = [];
    const open = async ({ url, body: html, head = '', headers, desktop = false, context, lang = 'en', record = true }) => {
      const own = context ?? await (await browser()).newContext(desktop ? DESKTOP : PHONE);
      if (!context) contexts.push(own);
      const where = url ?? origin.put(`/t/page-${stages.length}.html`, document({ html, head, lang, record }), { headers });
      const stage = await Stage.open(own, where, { record: record && url !== undefined });
      stages.push(stage);
      return stage;
    };
    try {
      await body({ origin, open, t });
      for (const stage of stages) assert.deepEqual(stage.pageErrors, [], 'no exception in the page');
    } catch (error) {
      for (const stage of stages) t.diagnostic(await stage.story());
      t.diagnostic(`requests: ${origin.paths().slice(-40).join(' ')}`);
      throw error;
    } finally {
      for (const context of contexts) await context.close();
      await origin.stop();
    }
  });
}

function document({ html, head, lang, record }) {
  return `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>test</title><link rel="icon" href="data:,"><style>body{margin:0;background:#888}cliffhanger-player{display:block;width:100vw;height:100dvh}</style>
${record ? `<script>${RECORDER}</script>` : ''}${head}
<script type="module" src="/cliffhanger/cliffhanger.js"></script></head><body>${html}</body></html>`;
}

/** The element, with a manifest that the origin serves at /series.json. */
export function player(origin, manifest, attributes = 'autoplay muted', children = '') {
  origin.put('/series.json', manifest);
  return `<cliffhanger-player src="/series.json" ${attributes}>${children}</cliffhanger-player>`;
}
