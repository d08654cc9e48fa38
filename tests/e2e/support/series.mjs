// Series manifests for tests.
import fs from 'node:fs';
import path from 'node:path';
import { CLIPS, episodesIn } from './paths.mjs';

let lengths;

/** Length of each clip in ms, from the clips' own manifest. */
function durations() {
  lengths ??= JSON.parse(fs.readFileSync(path.join(CLIPS, 'series.json'), 'utf8')).episodes.map((episode) => episode.durationMs);
  return lengths;
}

export const id = (n) => `e${String(n).padStart(3, '0')}`;

/** One episode, its media at /media/eNNN.mp4. `over` replaces members. */
export function episode(n, over = {}) {
  const ms = durations();
  return {
    id: id(n), n, title: `Episode ${n}`, durationMs: ms[(n - 1) % episodesIn(CLIPS).length],
    poster: { url: `/media/${id(n)}.jpg` }, renditions: [{ type: 'mp4', url: `/media/${id(n)}.mp4` }], ...over,
  };
}

/** A series of `count` episodes of which `free` are free. */
export function series({ count = 12, free = 5, mode = 'open', offers, ...over } = {}) {
  return {
    cliffhanger: '1', series: { id: 'test-series', title: 'Test Series', lang: 'en', totalEpisodes: count },
    access: { mode, freeEpisodes: free, ...(offers && { offers: Object.keys(offers) }) }, ...(offers && { offers }),
    episodes: Array.from({ length: count }, (_, index) => episode(index + 1)), ...over,
  };
}

/** Offers as an operator would make them. */
export const OFFERS = {
  'ep-coins': { kind: 'coins', scope: 'episode', coins: 30, moneyEquivalent: { amount: 30, currency: 'EUR', taxIncluded: true } },
  rest: { kind: 'purchase', scope: 'rest', price: { amount: 999, currency: 'EUR', taxIncluded: true } },
};
