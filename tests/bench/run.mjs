// The benchmark: see docs/performance.md. `cargo xtask bench` runs it with everything it needs.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import * as core from './core.mjs';
import { make } from './media.mjs';
import { documentation, markdown } from './report.mjs';
import { ROWS } from './rows.mjs';
import { PROFILES, check } from './server.mjs';
import { QUICK, VARIANTS, site } from './variants.mjs';
import { embed, weigh } from './wasm.mjs';

const { values: options } = parseArgs({ options: {
  target: { type: 'string' }, dist: { type: 'string' }, unopened: { type: 'string' }, unfed: { type: 'string' }, docs: { type: 'string' }, chromium: { type: 'string' },
  quick: { type: 'boolean', default: false }, write: { type: 'boolean', default: false },
  only: { type: 'string' }, variant: { type: 'string' }, profile: { type: 'string' },
} });
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--mute-audio', '--disable-dev-shm-usage'];
const FULL = { reps: 3, colds: 3, timed: 6, drags: 4, flicks: 18, feeds: [20, 1000, 10_000], many: 200, skip: () => false };
/** The rows that take longest are left to those whose promise they are. */
const LONG = { scale: ['pool', 'cliffhanger'], drift: ['cliffhanger'] };
const BRIEF = { reps: 1, colds: 5, timed: 6, drags: 2, flicks: 12, feeds: [20, 10_000], many: 60, skip: (row, id) => LONG[row] && !LONG[row].includes(id) };
/** Rows of which nothing is measured in the browser. */
const STATIC = ['core', 'wasm'];

const began = performance.now();
const say = (text) => process.stderr.write(`[bench ${((performance.now() - began) / 1000).toFixed(0).padStart(5)} s] ${text}\n`);

/** The names in a list of names with commas; all when there is none. */
function chosen(list, all, what) {
  if (!list) return all;
  const names = list.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !all.includes(name));
  if (unknown) throw new Error(`there is no ${what} ${unknown}: choose from ${all.join(', ')}`);
  return names;
}

async function main() {
  const rows = chosen(options.only, [...Object.keys(ROWS), ...STATIC], 'row');
  const ids = options.variant ? chosen(options.variant, VARIANTS.map(({ id }) => id), 'variant') : options.quick ? QUICK : VARIANTS.map(({ id }) => id);
  const profiles = chosen(options.profile, Object.keys(PROFILES), 'profile').filter((name) => options.profile || !options.quick || name === 'fast');
  const variants = VARIANTS.filter(({ id }) => ids.includes(id));
  const amount = { ...(options.quick ? BRIEF : FULL), ...(options.variant && options.only && { skip: FULL.skip }) };
  const folder = path.join(options.target, 'bench');
  const [media, shots, dist] = ['media', 'shots', 'dist'].map((name) => path.join(folder, name));
  for (const fresh of [shots, dist]) fs.rmSync(fresh, { recursive: true, force: true });
  fs.mkdirSync(shots, { recursive: true });
  // Others may build while this runs.
  fs.cpSync(options.dist, dist, { recursive: true });
  const names = fs.readFileSync(path.join(options.target, 'player/dist/cliffhanger_glue_bg.names'));

  const result = { date: new Date().toISOString(), quick: options.quick, cores: os.availableParallelism(), load: [os.loadavg()[0]], links: {}, samples: [] };
  if (rows.some((row) => row in ROWS)) {
    const rates = await make(media, say);
    urgent(true);
    for (const name of profiles) result.links[name] = await proven(PROFILES[name], path.join(media, name, 'e01.mp4'));
    await measure({ rows, variants, profiles, amount, rates, find: await site({ dist, media, names }), shots, result });
  }
  if (rows.includes('core')) result.core = core.read(path.join(options.target, 'criterion'));
  if (rows.includes('wasm')) {
    result.wasm = weigh(path.join(options.target, 'wasm-dist/wasm32-unknown-unknown/release/cliffhanger.wasm'));
    result.embed = { whole: embed(dist), unopened: embed(options.unopened), unfed: embed(options.unfed) };
  }
  result.load.push(os.loadavg()[0]);
  result.seconds = Math.round((performance.now() - began) / 1000);
  fs.writeFileSync(path.join(folder, 'bench.json'), `${JSON.stringify(result, null, 1)}\n`);
  process.stdout.write(`${markdown(result)}\n`);
  if (options.write) documentation(result, options.docs);
  say(`done; all samples are in ${path.join(folder, 'bench.json')}, screenshots in ${shots}`);
}

/** Where it is allowed, this process goes before others: the link must not slow down because the machine is busy. */
function urgent(on) {
  try {
    os.setPriority(on ? -10 : 0);
  } catch {
    // An ordinary user may not; then the check of the link tells whether it matters.
  }
}

/** A link that has been shown to be one. A busy machine may need a second try. */
async function proven(profile, file) {
  for (let attempt = 1; ; attempt += 1) {
    const link = await check(profile, file);
    say(`link ${profile.title}: ${link.mbit.toFixed(2)} Mbit/s of media, ${link.latency.toFixed(0)} ms to the first byte, ${link.handshake.toFixed(0)} ms more on a new connection`);
    if (link.good) return link;
    if (attempt === 3) throw new Error(`the link is not the one asked for (${profile.title}): the machine is too busy to measure anything`);
  }
}

/** Interleaved: every variant once, then every variant again. */
async function measure({ rows, variants, profiles, amount, rates, find, shots, result }) {
  for (let rep = 1; rep <= amount.reps; rep += 1) {
    urgent(false); // the browser would inherit it
    const browser = await chromium.launch({ executablePath: options.chromium, args: ARGS, headless: true });
    urgent(true);
    result.browser = browser.version();
    try {
      for (const profile of profiles.map((name) => PROFILES[name])) {
        for (const [row, { run, single, once, title }] of Object.entries(ROWS)) {
          if (!rows.includes(row) || (once && (rep > 1 || profile.name !== profiles[0]))) continue;
          for (let round = 1; round <= (row === 'cold' ? amount.colds : 1); round += 1) {
            for (const variant of variants.filter((each) => (single || !each.single) && !(each.start && row !== 'cold') && !amount.skip(row, each.id))) {
              say(`${title}, ${profile.title}, ${variant.id} (${rep}.${round})`);
              const open = { browser, chromium: { executable: options.chromium, args: ARGS }, site: find, variant, profile, rate: rates[profile.name] };
              const values = await run(open, { ...amount, shots }).catch((error) => ({ error: error.message.split('\n')[0] }));
              if (values.error) say(`  ${values.error}`);
              result.samples.push({ row, variant: variant.id, profile: profile.name, rep, round, load: os.loadavg()[0], ...values });
            }
          }
        }
      }
    } finally {
      await browser.close();
    }
  }
}

main().catch((error) => {
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
});
