// The clips as HLS, and hls.js to play it.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { CLIPS, episodesIn } from './paths.mjs';
import { episode, id, series } from './series.mjs';

const COUNT = 4;
const VENDOR = path.dirname(createRequire(import.meta.url).resolve('hls.js'));
let made;

/** The clips cut into segments of a second; returns their folder. */
function cut(kind) {
  if (!made) {
    made = fs.mkdtempSync(path.join(os.tmpdir(), 'cliffhanger-hls-'));
    process.on('exit', () => fs.rmSync(made, { recursive: true, force: true }));
  }
  const folder = path.join(made, kind);
  if (fs.existsSync(folder)) return folder;
  for (let n = 1; n <= COUNT; n += 1) {
    const to = path.join(folder, id(n));
    fs.mkdirSync(to, { recursive: true });
    execFileSync('ffmpeg', ['-v', 'error', '-i', episodesIn(CLIPS)[n - 1], '-c', 'copy', '-f', 'hls', '-hls_time', '1', '-hls_segment_type', kind, '-hls_playlist_type', 'vod',
      '-hls_segment_filename', path.join(to, kind === 'fmp4' ? 's%03d.m4s' : 's%03d.ts'), path.join(to, 'index.m3u8')]);
  }
  return folder;
}

/** A series of playlists with segments of that kind, `fmp4` or `mpegts`, at /hls/eNNN/index.m3u8; hls.js is at /vendor/hls.mjs. */
export function playlists(origin, kind, over = {}) {
  origin.mount('/hls/', cut(kind));
  origin.mount('/vendor/', VENDOR);
  const list = series({ count: COUNT, free: COUNT, ...over });
  list.episodes = list.episodes.map(({ n }) => episode(n, { renditions: [{ type: 'hls', url: `/hls/${id(n)}/index.m3u8` }] }));
  return list;
}

/** Whether hls.js was asked for. */
export const byScript = (origin) => origin.paths(/\/hls\.mjs$/).length > 0;
