// Next.js imports the package on the server, renders the element there, and hydrates it in the browser.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before } from 'node:test';
import { scenario } from '../e2e/support/scenario.mjs';
import { SERIES, swipe, told } from './support/drive.mjs';
import { HERE, consumer, install } from './support/packed.mjs';

const NEXT = path.join(HERE, 'node_modules/next/dist/bin/next');
const ENV = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' };
const START_MS = 30_000;

let server;
let url;

before(async () => {
  install();
  fs.rmSync(path.join(consumer('next'), '.next'), { recursive: true, force: true });
  execFileSync(process.execPath, [NEXT, 'build'], { cwd: consumer('next'), env: ENV, stdio: ['ignore', 'pipe', 'inherit'] });
  server = spawn(process.execPath, [NEXT, 'start', '--port', '0', '--hostname', '127.0.0.1'], { cwd: consumer('next'), env: ENV, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  url = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`next said no address in ${START_MS} ms:\n${said}`)), START_MS);
    for (const stream of [server.stdout, server.stderr]) {
      stream.on('data', (chunk) => {
        said += chunk;
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
        if (found && /Ready/.test(said)) { clearTimeout(timer); resolve(found[0]); }
      });
    }
    server.on('exit', (code) => reject(new Error(`next ended with ${code}:\n${said}`)));
  });
}, { timeout: 180_000 });

after(() => { server?.kill(); });

scenario('Next.js: rendered on the server, hydrated, opened and swiped', async ({ origin, open }) => {
  origin.shared = true;
  const series = origin.put('/series.json', SERIES);
  const page = `${url}/?series=${encodeURIComponent(series)}`;
  const html = await (await fetch(page)).text();
  assert.match(html, /<cliffhanger-player [^>]*free-episodes="3"/, 'the server has rendered the element');
  assert.match(html, /from the server/);
  const stage = await open({ url: page });
  await told(stage, 'hydrated');
  await swipe(stage);
}, { timeout: 120_000 });
