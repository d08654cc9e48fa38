// Makes the episodes: synthetic and free of rights, with enough detail and noise that the bit rate is real.
//
// Down the middle of every picture runs a bar: in a video it has the episode's own colour, on a poster it is grey. So a
// screenshot tells what is on the screen (pixels.mjs), wherever it is cut and whatever is drawn beside it.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Distinct episodes; longer feeds repeat them under other addresses. */
export const EPISODES = 12;
export const SECONDS = 60;
/** Encoded once and then repeated: a minute of every episode would take a quarter of an hour to encode. */
const LOOP_SECONDS = 15;
const SEGMENT_SECONDS = 2;
const FPS = 30;
/** Renditions by the name of the folder: what a careful service would send over each link. */
const RENDITIONS = {
  fast: { width: 720, height: 1280, video: 2300, audio: 96 },
  slow: { width: 540, height: 960, video: 850, audio: 64 },
};
const INSTALL = 'apt-get install ffmpeg';

/** Colour of the bar in episode `n` (from 1), in degrees. */
export const hue = (n) => (((n - 1) % EPISODES) * 360) / EPISODES;
export const name = (n) => `e${String(((n - 1) % EPISODES) + 1).padStart(2, '0')}`;

/** Fills `folder` with what is missing; the answer is the bytes per second of each rendition. */
export async function make(folder, say) {
  for (const [rendition, shape] of Object.entries(RENDITIONS)) {
    for (let n = 1; n <= EPISODES; n += 1) {
      const base = path.join(folder, rendition, name(n));
      if (fs.existsSync(`${base}/done`)) continue;
      say(`making episode ${n} of ${EPISODES}, ${shape.video + shape.audio} kbit/s`);
      await episode(base, n, shape);
    }
  }
  return Object.fromEntries(Object.keys(RENDITIONS).map((rendition) => {
    const sizes = Array.from({ length: EPISODES }, (_, index) => fs.statSync(path.join(folder, rendition, `${name(index + 1)}.mp4`)).size);
    return [rendition, sizes.reduce((sum, size) => sum + size, 0) / EPISODES / SECONDS];
  }));
}

async function episode(base, n, { width, height, video, audio }) {
  fs.rmSync(base, { recursive: true, force: true });
  fs.mkdirSync(base, { recursive: true });
  const bar = (colour) => `drawbox=x=iw*5/12:y=0:w=iw/6:h=ih:color=${colour}:t=fill`;
  const picture = `testsrc2=s=${width}x${height}:r=${FPS},hue=h=${n * 47}`;
  const once = `${base}/once.mp4`;
  const gop = String(SEGMENT_SECONDS * FPS);
  await ffmpeg('-f', 'lavfi', '-i', `${picture},noise=alls=14:allf=t:all_seed=${n},${bar(colour(hue(n)))}`,
    '-f', 'lavfi', '-i', `sine=f=${220 + 20 * n}:r=48000`, '-t', String(LOOP_SECONDS),
    '-c:v', 'libx264', '-preset', 'superfast', '-profile:v', 'high', '-pix_fmt', 'yuv420p', '-bf', '2',
    '-g', gop, '-keyint_min', gop, '-sc_threshold', '0',
    '-b:v', `${video}k`, '-maxrate', `${Math.round(video * 1.15)}k`, '-bufsize', `${video}k`,
    '-c:a', 'aac', '-b:a', `${audio}k`, '-ac', '2', once);
  await ffmpeg('-stream_loop', String(SECONDS / LOOP_SECONDS - 1), '-i', once, '-t', String(SECONDS), '-c', 'copy', '-movflags', '+faststart', `${base}.mp4`);
  await ffmpeg('-i', `${base}.mp4`, '-c', 'copy', '-f', 'hls', '-hls_time', String(SEGMENT_SECONDS), '-hls_segment_type', 'fmp4',
    '-hls_playlist_type', 'vod', '-hls_flags', 'independent_segments', '-hls_segment_filename', `${base}/s%03d.m4s`, `${base}/index.m3u8`);
  await ffmpeg('-f', 'lavfi', '-i', `${picture},scale=360:640,${bar('0x808080')}`, '-frames:v', '1', '-q:v', '6', `${base}.jpg`);
  fs.rmSync(once);
  fs.writeFileSync(`${base}/done`, '');
}

/** A pure hue as ffmpeg writes colours. */
function colour(degrees) {
  const part = (shift) => {
    const k = (shift + degrees / 60) % 6;
    return Math.round(255 * (1 - Math.max(0, Math.min(k, 4 - k, 1))));
  };
  return `0x${[5, 3, 1].map((shift) => part(shift).toString(16).padStart(2, '0')).join('')}`;
}

function ffmpeg(...args) {
  return new Promise((resolve, reject) => {
    const child = spawn('ffmpeg', ['-v', 'error', '-nostdin', '-y', '-threads', String(os.availableParallelism()), ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk) => { said += chunk; });
    child.on('error', (error) => reject(new Error(`cannot run ffmpeg: ${error.message}; install it with: ${INSTALL}`)));
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`ffmpeg failed (${code}): ${said}`))));
  });
}
