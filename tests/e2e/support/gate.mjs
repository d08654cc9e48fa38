// The real gate, on a port of its own, with everything it needs in a folder that is removed afterwards.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DEMO, GATE, PLAYER, WWW } from './paths.mjs';

const START_MS = 30_000;

/** Starts `cliffhanger-gate serve` on `folder` and resolves when it answers. */
export async function startGate({ folder = DEMO, args = [], site = true } = {}) {
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'cliffhanger-gate-'));
  const child = spawn(GATE, [
    'serve', folder, '--addr', '127.0.0.1:0', '--database', 'sqlite::memory:', '--data', data,
    '--player', PLAYER, ...(site ? ['--site', WWW] : []), ...args,
  ], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const url = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the gate said no address in ${START_MS} ms:\n${output}`)), START_MS);
    const hear = (chunk) => {
      output += chunk;
      const found = /https?:\/\/127\.0\.0\.1:\d+/.exec(output);
      if (found) { clearTimeout(timer); resolve(found[0]); }
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', (chunk) => { output += chunk; });
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`the gate ended with ${code}:\n${output}`)));
  });
  return {
    url,
    output: () => output,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = new Promise((resolve) => { child.once('exit', resolve); });
        child.kill('SIGKILL');
        await gone;
      }
      fs.rmSync(data, { recursive: true, force: true });
    },
  };
}
