// What is done to a page, and what is written down about it. Each of these is a visit of its own.
import fs from 'node:fs';
import path from 'node:path';
import { EPISODES } from './media.mjs';
import { seen } from './pixels.mjs';
import { frames } from './profile.mjs';
import { Session, sleep } from './session.mjs';

const WATCH_MS = 5000;
const FLING_EVERY_MS = 1100;
const LONG_FEED = 240;
const PATIENCE_MS = 15_000;
const DRIFT_FROM = 20;
const SAMPLE_US = 100;

/** Comes to the page and waits for the first frame. */
const cold = (open) => Session.run(open, async (session) => {
  const firstFrame = await session.firstFrame();
  await sleep(500);
  return { firstFrame, code: session.link.codeBytes(), beforeMedia: session.link.beforeMedia };
});

/** Watches, swipes, watches; then drags slowly and looks at the screen half way. */
const human = (open, { timed, drags, shots }) => Session.run(open, async (session) => {
  await session.firstFrame();
  await sleep(WATCH_MS);
  // By episode: a swipe that was swallowed goes on with the same one.
  const watched = new Map([[0, await session.watched()]]);
  const found = { swipes: [], drags: [] };
  for (let n = 1; n <= timed; n += 1) {
    const { since, from } = await session.swipe();
    const { frame } = await session.frame(since, PATIENCE_MS);
    await sleep(WATCH_MS);
    const report = await session.report(since);
    found.swipes.push({ ...report, frame, moved: report.index - from });
    if (n <= 2) watched.set(report.index, await session.watched());
    // Three episodes of five seconds, and the viewer leaves.
    if (n === 2) Object.assign(found, { mediaBytes: session.link.mediaBytes(), watchedBytes: [...watched.values()].reduce((sum, seconds) => sum + seconds, 0) * open.rate });
  }
  const pictures = [];
  for (let n = 1; n <= drags; n += 1) {
    const { since, from } = await session.swipe(async () => { pictures.push({ png: await session.screenshot(), next: null }); });
    pictures.at(-1).next = ((from + 1) % EPISODES) + 1;
    await session.frame(since, PATIENCE_MS);
    await sleep(WATCH_MS - 1000);
  }
  found.drags = pictures.map(({ png, next }, at) => {
    const sight = seen(png, { top: 0.86, bottom: 0.97 });
    const verdict = sight === `frame ${next}` ? 'frame' : sight.startsWith('frame') ? 'other' : sight;
    fs.writeFileSync(path.join(shots, `${open.variant.id}-${open.profile.name}-${at + 1}-${verdict}.png`), png);
    return verdict;
  });
  return found;
});

/** Flicks on as fast as one can who looks for something better. */
const flings = (open, { flicks }) => Session.run(open, async (session) => {
  await session.firstFrame();
  await sleep(3000);
  return { swipes: await flick(session, flicks, open.count ?? 20) };
});

async function flick(session, times, count) {
  const swipes = [];
  for (let n = 0; n < times; n += 1) {
    const began = performance.now();
    const { since, from } = await session.swipe();
    if (from >= count - 1) break; // the end of the feed
    await sleep(began + FLING_EVERY_MS - performance.now());
    const report = await session.report(since);
    swipes.push({ ...report, moved: report.index - from });
  }
  return swipes;
}

/** What scripts do in each frame, while somebody watches and swipes. The sampling itself takes its share. */
const work = (open, { timed }) => Session.run({ ...open, profiled: true }, async (session) => {
  await session.firstFrame();
  await session.cdp.send('Profiler.enable');
  await session.cdp.send('Profiler.setSamplingInterval', { interval: SAMPLE_US });
  await session.cdp.send('Profiler.start');
  for (let n = 0; n < timed; n += 1) {
    await sleep(WATCH_MS);
    await session.swipe();
  }
  await sleep(WATCH_MS);
  const { profile } = await session.cdp.send('Profiler.stop');
  const { scripts, feeder } = frames(profile);
  if (!open.variant.own) return { scripts };
  if (feeder.length === 0) throw new Error('the profile knows no function of the feeder');
  return { scripts, feeder };
});

/** The same feed, short and long. */
const scale = async (open, { feeds }) => {
  const found = {};
  for (const count of feeds) {
    found[count] = await Session.run({ ...open, count }, async (session) => {
      const firstFrame = await session.firstFrame();
      await sleep(3000);
      return { firstFrame, ...(await session.memory()) };
    }).catch((error) => ({ error: error.message }));
  }
  return { feeds: found };
};

/** Many quick flicks, and what they leave behind. */
const drift = (open, { many }) => Session.run({ ...open, count: LONG_FEED }, async (session) => {
  await session.firstFrame();
  await sleep(3000);
  const before = await flick(session, DRIFT_FROM, LONG_FEED);
  await sleep(3000);
  const early = await session.memory();
  const after = await flick(session, many - DRIFT_FROM, LONG_FEED);
  await sleep(3000);
  return { early, late: await session.memory(), swipes: [...before, ...after] };
});

/** By name: how it is done, whether a page with a single video can do it, and whether once is enough. */
export const ROWS = {
  cold: { run: cold, single: true, title: 'cold start' },
  human: { run: human, title: 'swipes at human pace' },
  flings: { run: flings, title: 'fast flings' },
  work: { run: work, title: 'work of scripts' },
  scale: { run: scale, title: 'long feeds', once: true },
  drift: { run: drift, title: 'drift', once: true },
};
export { DRIFT_FROM };
