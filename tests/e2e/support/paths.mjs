// Where the things under test are. Everything can be pointed elsewhere by environment.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
export const WWW = path.join(ROOT, 'www');
export const PLAYER = process.env.CLIFFHANGER_PLAYER || path.join(ROOT, 'pkg/dist');
export const GATE = process.env.CLIFFHANGER_GATE || path.join(ROOT, 'target/debug/cliffhanger-gate');
export const CHROMIUM = process.env.CHROMIUM || '/usr/bin/chromium';
/** Short open-access episodes: the clips every generated series is made of. */
export const CLIPS = process.env.CLIFFHANGER_CLIPS || path.join(WWW, 'series/paper-lanterns');
/** The series the gate sells in the demo. */
export const DEMO = path.join(WWW, 'series/neon-vows');

/** Absolute paths of the episodes in a folder, in order. */
export function episodesIn(folder) {
  const files = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.endsWith('.mp4')).sort() : [];
  if (files.length === 0) throw new Error(`no episodes in ${folder}: the demo media is part of the repository`);
  return files.map((name) => path.join(folder, name));
}
