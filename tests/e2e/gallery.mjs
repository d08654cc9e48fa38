// A picture of every state, on one page:  node tests/e2e/gallery.mjs OUT_DIR [STATE...]   (or `cargo xtask gallery`)
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { Origin } from './support/origin.mjs';
import { CHROMIUM } from './support/paths.mjs';
import { PHONE, STATES, prepare } from './support/states.mjs';

const [out, ...only] = process.argv.slice(2);
if (!out) {
  console.error('usage: node tests/e2e/gallery.mjs OUT_DIR [STATE...]');
  process.exit(2);
}
fs.mkdirSync(out, { recursive: true });

const origin = await Origin.start();
const page = prepare(origin);
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--mute-audio'] });
let failed = 0;
try {
  for (const [name, options, what, ...steps] of STATES) {
    if (only.length && !only.includes(name)) continue;
    const context = await browser.newContext({ ...PHONE, colorScheme: 'dark', ...options });
    const tab = await context.newPage();
    tab.setDefaultTimeout(30_000);
    try {
      await tab.goto(page(what));
      for (const step of steps) await step(tab);
    } catch (error) {
      failed += 1;
      console.error(`${name}: ${String(error).split('\n')[0]}`);
    }
    await tab.screenshot({ path: path.join(out, `${name}.png`) });
    await context.close();
  }
} finally {
  await browser.close();
  await origin.stop();
}
fs.writeFileSync(path.join(out, 'index.html'), `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Gallery</title>
<style>body{margin:0;background:#15131a;color:#eee;font:14px system-ui;display:flex;flex-wrap:wrap;gap:28px;padding:28px}figure{margin:0}img{max-width:100%;height:560px;border-radius:14px;display:block;box-shadow:0 8px 30px #000}figcaption{padding:8px 2px}</style>
${STATES.map(([name]) => `<figure><a href="${name}.png"><img src="${name}.png" alt="" loading="lazy"></a><figcaption>${name.replaceAll('-', ' ')}</figcaption></figure>`).join('\n')}
`);
console.log(path.join(out, 'index.html'));
process.exitCode = failed ? 1 : 0;
