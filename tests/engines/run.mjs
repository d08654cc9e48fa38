// Runs every spec in one engine, one after another in one browser.
import fs from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { Origin } from '../e2e/support/origin.mjs';
import { RECORDER } from '../e2e/support/recorder.mjs';
import { ENGINES } from './engines.mjs';
import { SPECS } from './specs.mjs';
import { EngineStage } from './stage.mjs';
import { Driver } from './webdriver.mjs';

export function runIn(key) {
  const engine = ENGINES[key];
  let driver;
  let passed = 0;
  before(async () => { driver = await Driver.open(engine); }, { timeout: 90_000 });
  const specs = SPECS.filter(({ needs }) => !(needs in engine.gaps));
  for (const { title, run } of specs) {
    test(`${engine.name}: ${title}`, { timeout: 90_000 }, async (t) => {
      try {
        await once(run, t);
      } catch (error) {
        // A browser that died has said nothing about the player: a new one is asked, once.
        if (!/invalid session id/.test(error.message)) throw error;
        t.diagnostic('the browser died');
        await driver.close();
        driver = await Driver.open(engine);
        await once(run, t);
      }
      passed += 1;
    });
  }
  const once = async (run, t) => {
    const origin = await Origin.start();
    const stage = new EngineStage({ driver, engine, origin });
    const open = async (html, { head = '' } = {}) => {
      await driver.go(origin.put('/t/page.html', page(html, head)));
      return stage;
    };
    try {
      await run({ origin, open });
    } catch (error) {
      t.diagnostic(await stage.story());
      t.diagnostic(`requests: ${origin.paths().slice(-30).join(' ')}`);
      throw error;
    } finally {
      // The next page must not find this one still playing.
      await driver.go('about:blank').catch(() => {});
      await origin.stop();
    }
  };
  after(async () => {
    const folder = process.env.CLIFFHANGER_COUNTS;
    if (folder && passed === specs.length) fs.writeFileSync(path.join(folder, `engines covered.${key}`), '1');
    await driver?.close();
  });
}

function page(html, head) {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>test</title>
<link rel="icon" href="data:,"><style>body{margin:0;background:#888}cliffhanger-player{display:block;width:100vw;height:100vh}</style>
<script>${RECORDER}</script>${head}<script type="module" src="/cliffhanger/cliffhanger.js"></script></head><body>${html}</body></html>`;
}
