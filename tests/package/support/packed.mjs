// The package as npm would publish it, installed beside the bundlers.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const HERE = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const PKG = path.resolve(HERE, '../../pkg');
const INSTALLED = path.join(HERE, 'node_modules/cliffhanger-player');

/**
 * Packs `pkg/` and unpacks the tarball as `node_modules/cliffhanger-player`. Gives what npm says of it: `files`, `name`, `version`.
 * The built files must be in `pkg/dist`: nothing is built here.
 */
export function install() {
  if (!fs.existsSync(path.join(PKG, 'dist/cliffhanger.js'))) throw new Error('pkg/dist is empty: cargo xtask build');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cliffhanger-pack-'));
  try {
    const said = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: PKG, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
    const [packed] = JSON.parse(said);
    fs.rmSync(INSTALLED, { recursive: true, force: true });
    fs.mkdirSync(INSTALLED);
    execFileSync('tar', ['-xzf', path.join(folder, packed.filename), '-C', INSTALLED, '--strip-components=1']);
    return { ...packed, folder: INSTALLED };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** A folder for built files, removed after `body`. */
export async function scratch(body) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cliffhanger-consumer-'));
  try {
    return await body(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Source folder of a consumer. */
export const consumer = (name) => path.join(HERE, 'consumers', name);
