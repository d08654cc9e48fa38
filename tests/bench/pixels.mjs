// What a screenshot shows in a region: the frame of an episode, a poster, or black. See media.mjs for the coloured bar.
import { decodePng } from '../e2e/support/pixels.mjs';
import { EPISODES, hue } from './media.mjs';

/** Looks at the bar between two heights (shares of the picture); the answer is `frame N`, `poster`, `black` or `other`. */
export function seen(png, { top, bottom }) {
  const { width, height, channels, data } = decodePng(png);
  const votes = new Map();
  for (let y = Math.floor(height * top); y < Math.floor(height * bottom); y += 3) {
    for (let x = Math.floor(width * 0.46); x < width * 0.54; x += 3) {
      const at = (y * width + x) * channels;
      const vote = judge(data[at], data[at + 1], data[at + 2]);
      votes.set(vote, (votes.get(vote) ?? 0) + 1);
    }
  }
  const all = [...votes.values()].reduce((sum, count) => sum + count, 0);
  const [winner, count] = [...votes].sort((a, b) => b[1] - a[1])[0];
  return count >= all * 0.6 ? winner : 'other';
}

function judge(r, g, b) {
  const [most, least] = [Math.max(r, g, b), Math.min(r, g, b)];
  if (most < 24) return 'black';
  if (most - least < 24) return most > 90 && most < 165 ? 'poster' : 'other';
  if (most - least < 100) return 'other';
  const span = most - least;
  const sixth = most === r ? (g - b) / span : most === g ? 2 + (b - r) / span : 4 + (r - g) / span;
  const degrees = (sixth * 60 + 360) % 360;
  for (let n = 1; n <= EPISODES; n += 1) {
    const apart = Math.abs(((degrees - hue(n) + 540) % 360) - 180);
    if (apart < 180 / EPISODES) return `frame ${n}`;
  }
  return 'other';
}
