// Makes tables and plots of the samples. Everything is a median; ratios are made within one round of the same run, where all
// variants met the same machine.
import fs from 'node:fs';
import path from 'node:path';
import { DRIFT_FROM } from './rows.mjs';
import { PROFILES } from './server.mjs';
import { VARIANTS } from './variants.mjs';

const NONE = '–';
const sorted = (values) => [...values].sort((a, b) => a - b);
/** A quantile; of nothing, nothing. What never came counts as later than everything else. */
export function quantile(values, share) {
  if (values.length === 0) return null;
  const order = sorted(values.map((value) => value ?? Infinity));
  return order[Math.min(order.length - 1, Math.max(0, Math.ceil(share * order.length) - 1))];
}
export const median = (values) => quantile(values, 0.5);
const ms = (value) => (value === null ? NONE : value === Infinity ? 'never' : String(Math.round(value)));
const mean = (values) => (values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length);
const fixed = (value, digits) => (value === null || !Number.isFinite(value) ? NONE : value.toFixed(digits));
const kB = (bytes) => fixed(bytes / 1000, 1);
const title = ({ letter, title: text }) => `(${letter}) ${text}`;

/** The samples of a row, and how a row of the table reads one of them. */
class Samples {
  constructor(result, row, profile) {
    this.all = result.samples.filter((sample) => sample.row === row && (!profile || sample.profile === profile));
  }

  of(variant) { return this.all.filter((sample) => sample.variant === variant && !sample.error); }

  failure(variant) { return this.all.find((sample) => sample.variant === variant && sample.error)?.error; }

  /** The median of what `read` finds in each sample, and its ratio to the variant `base` in the same round. */
  value(variant, read, base) {
    const mine = this.of(variant);
    const value = median(mine.map(read));
    const ratios = !base ? [] : mine.flatMap((sample) => {
      const other = this.of(base).find(({ rep, round }) => rep === sample.rep && round === sample.round);
      const [above, below] = [read(sample), other && read(other)];
      return below && Number.isFinite(below) && Number.isFinite(above) ? [above / below] : [];
    });
    return { value, ratio: median(ratios) };
  }

  /** A cell: the value, its ratio, or why there is none. */
  cell(variant, read, show, base) {
    if (this.of(variant).length === 0) return this.failure(variant) ?? NONE;
    const { value, ratio } = this.value(variant, read, base);
    const some = this.failure(variant) ? ` (else: ${this.failure(variant)})` : '';
    return `${show(value)}${ratio === null ? '' : ` (${ratio.toFixed(2)}×)`}${some}`;
  }

  swipes(variant) { return this.of(variant).flatMap(({ swipes }) => swipes); }
}

const frames = (sample) => sample.swipes.map(({ frame }) => frame);
const p = (share, read = frames) => (sample) => quantile(read(sample), share);

function profileTable(result, profile, variants) {
  const [cold, human, flings, work] = ['cold', 'human', 'flings', 'work'].map((row) => new Samples(result, row, profile));
  const rows = [];
  const add = (name, samples, cell) => {
    const cells = variants.map((variant) => (samples.of(variant.id).length > 0 ? cell(variant.id) : samples.failure(variant.id) ?? NONE));
    if (samples.all.length > 0) rows.push([name, ...cells]);
  };
  const pooled = (samples, share) => (id) => ms(quantile(samples.swipes(id).map(({ frame }) => frame), share));
  const count = (values) => [...new Set(values)].sort().map((value) => `${value} ${values.filter((other) => other === value).length}`).join(', ') || NONE;

  add('code, kB brotli', cold, (id) => cold.cell(id, ({ code }) => code, kB));
  add('sent before media is asked for, kB', cold, (id) => cold.cell(id, ({ beforeMedia }) => beforeMedia, kB));
  add('navigation → first frame, ms (to a)', cold, (id) => cold.cell(id, ({ firstFrame }) => firstFrame, ms, 'bare'));
  add('swipe → frame, p50 ms (to b)', human, (id) => human.cell(id, p(0.5), ms, 'pool'));
  add('… p10', human, pooled(human, 0.1));
  add('… p95', human, pooled(human, 0.95));
  add('swipe → moving, p50 ms (to b)', human, (id) => human.cell(id, p(0.5, ({ swipes }) => swipes.map(({ moving }) => moving)), ms, 'pool'));
  add('half way through a drag', human, (id) => count(human.of(id).flatMap(({ drags }) => drags)));
  add('dropped frames per swipe', human, (id) => fixed(mean(human.swipes(id).map(({ dropped }) => dropped)), 1));
  add('long tasks per swipe (ms of them)', human, (id) => {
    const tasks = human.swipes(id).map((swipe) => swipe.tasks);
    return `${fixed(mean(tasks.map((list) => list.length)), 1)} (${fixed(mean(tasks.map((list) => list.reduce((sum, each) => sum + each, 0))), 0)})`;
  });
  const inFrames = (read) => (id) => {
    const frames = work.of(id).flatMap(read);
    return frames.length === 0 ? NONE : `${fixed(quantile(frames, 0.95), 1)}, ${fixed(Math.max(...frames), 1)}`;
  };
  add('script in a frame, p95 and most, ms', work, inFrames(({ scripts }) => scripts));
  add('… of that the feeder, in frames in which it worked', work, inFrames(({ feeder }) => feeder ?? []));
  add('media bytes sent / watched', human, (id) => human.cell(id, ({ mediaBytes, watchedBytes }) => mediaBytes / watchedBytes, (value) => fixed(value, 2), 'pool'));
  add('fast flings that show a frame', flings, (id) => `${flings.swipes(id).filter(({ frame }) => frame !== null).length} of ${flings.swipes(id).length}`);
  add('fling → frame, p50 ms (to b)', flings, (id) => flings.cell(id, p(0.5), ms, 'pool'));
  add('… p95', flings, pooled(flings, 0.95));
  add('flings and swipes swallowed, skipping', human, (id) => missed([...human.swipes(id), ...flings.swipes(id)]));
  return table(['', ...variants.map(title)], rows);
}

function missed(swipes) {
  return `${swipes.filter(({ moved }) => moved <= 0).length}, ${swipes.filter(({ moved }) => moved > 1).length} of ${swipes.length}`;
}

function scaleTable(result, variants) {
  const samples = new Samples(result, 'scale');
  const feeds = Object.keys(samples.all.find(({ error }) => !error)?.feeds ?? {}).map(Number);
  const about = (id, count) => samples.of(id)[0]?.feeds[count];
  const cell = ({ firstFrame, heap, wasm, nodes, videos, error }) => error
    ?? `${ms(firstFrame)} ms, ${fixed((heap + wasm) / 1e6, 1)} MB, ${nodes}, ${videos}`;
  const rows = variants.filter(({ id }) => samples.all.some(({ variant }) => variant === id)).map((variant) => [
    title(variant), ...feeds.map((count) => (about(variant.id, count) ? cell(about(variant.id, count)) : samples.failure(variant.id) ?? NONE)),
  ]);
  return rows.length === 0 ? '' : table(['episodes', ...feeds.map((count) => count.toLocaleString('en'))], rows);
}

function driftTable(result, variants) {
  const samples = new Samples(result, 'drift');
  const rows = variants.filter(({ id }) => samples.all.some(({ variant }) => variant === id)).map((variant) => {
    const [found] = samples.of(variant.id);
    if (!found) return [title(variant), samples.failure(variant.id), NONE, NONE, NONE, NONE];
    const { early, late, swipes } = found;
    return [
      title(variant), `${fixed((early.heap + early.wasm) / 1e6, 2)} → ${fixed((late.heap + late.wasm) / 1e6, 2)}`, `${early.nodes} → ${late.nodes}`,
      `${early.listeners} → ${late.listeners}`, `${early.videos} → ${late.videos}`, missed(swipes),
    ];
  });
  return rows.length === 0 ? '' : table(['', 'heap, MB', 'nodes', 'listeners', 'videos', 'swallowed, skipping'], rows);
}

function coreTable(core) {
  if (!core) return '';
  const groups = Object.entries(core).flatMap(([group, functions]) => Object.entries(functions).map(([name, sizes]) => [`${group}: ${name}`, sizes]));
  const sizes = [...new Set(groups.flatMap(([, found]) => Object.keys(found)))].sort((a, b) => a - b);
  const show = (value) => (value === undefined ? NONE : value < 100 ? value.toFixed(2) : value.toFixed(0));
  return table(['median µs', ...sizes.map((size) => `${Number(size).toLocaleString('en')} episodes`)], groups.map(([name, found]) => [name, ...sizes.map((size) => show(found[size]))]));
}

function wasmTable(wasm, embed) {
  if (!wasm) return '';
  const share = (bytes) => `${((100 * bytes) / wasm.total).toFixed(1)} %`;
  const rows = (list) => list.map(([name, bytes]) => [`\`${name}\``, bytes.toLocaleString('en'), share(bytes)]);
  const bytes = (count) => count.toLocaleString('en');
  const { whole, unopened, unfed } = embed;
  const weights = [['the embed', whole], ['… without the opener', unopened], ['… and without the feeder', unfed], ['so the opener', whole - unopened], ['and the feeder', unopened - unfed]];
  const fed = table(['', 'bytes brotli'], weights.map(([name, count]) => [name, bytes(count)]));
  return [fed, table(['crate or module', 'bytes', 'share'], rows(wasm.modules)), table(['function', 'bytes', 'share'], rows(wasm.functions))].join('\n\n');
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|---${'|---:'.repeat(head.length - 1)}|`, ...rows.map(line)].join('\n');
}

/** Everything, as standard output and docs/performance.md show it. */
export function markdown(result) {
  const measured = new Set(result.samples.map(({ variant }) => variant));
  const variants = VARIANTS.filter(({ id }) => measured.has(id));
  const profiles = Object.keys(PROFILES).filter((name) => result.samples.some(({ profile, row }) => profile === name && ['cold', 'human', 'flings', 'work'].includes(row)));
  const loads = [...result.load, ...result.samples.map(({ load }) => load)];
  const about = `${result.date.slice(0, 10)}, Chromium ${result.browser ?? NONE}, ${result.cores} cores, load ${fixed(median(loads), 1)} (at most ${fixed(Math.max(...loads), 1)}), `
    + `${Math.round(result.seconds / 60)} minutes${result.quick ? ', `--quick`' : ''}.`;
  const links = Object.entries(result.links).map(([name, { mbit, latency }]) => `${PROFILES[name].title} measured ${mbit.toFixed(2)} Mbit/s and ${latency.toFixed(0)} ms`);
  const section = (heading, text) => (text ? [`### ${heading}\n\n${text}`] : []);
  return [
    links.length ? `${about} The link: ${links.join('; ')}.` : about,
    ...profiles.flatMap((name) => section(`${PROFILES[name].title}`, profileTable(result, name, variants))),
    ...section('Long feeds: first frame, heap with wasm memory, DOM nodes, videos', scaleTable(result, variants)),
    ...section(`Drift: after ${DRIFT_FROM} quick swipes → after all of them`, driftTable(result, variants)),
    ...section('The core', coreTable(result.core)),
    ...section('What is heavy in the wasm', wasmTable(result.wasm, result.embed)),
  ].join('\n\n');
}

/** Writes the tables between the markers of docs/performance.md, and the plots beside it. */
export function documentation(result, docs) {
  const plots = [
    ['bench-first-frame.svg', 'Navigation to first frame, ms', 'cold', ({ firstFrame }) => [firstFrame]],
    ['bench-swipe.svg', 'Swipe to frame, ms: median, and from p10 to p95', 'human', frames],
    ['bench-bytes.svg', 'Media bytes sent for each byte watched', 'human', ({ mediaBytes, watchedBytes }) => [mediaBytes / watchedBytes]],
  ].filter(([, , row]) => result.samples.some((sample) => sample.row === row && !sample.error));
  for (const [file, heading, row, read] of plots) fs.writeFileSync(path.join(docs, file), plot(result, heading, row, read));
  const page = path.join(docs, 'performance.md');
  const pictures = plots.map(([file, heading]) => `![${heading}](${file})`).join('\n\n');
  const text = fs.readFileSync(page, 'utf8').replace(/(<!-- measured -->)[^]*(<!-- \/measured -->)/, (_all, open, close) => `${open}\n\n${markdown(result)}\n\n${pictures}\n\n${close}`);
  fs.writeFileSync(page, text);
}

/** Bars, one for each variant and link; a thin line from p10 to p95. Readable on light and dark pages. */
function plot(result, heading, row, read) {
  const bars = Object.values(PROFILES).flatMap((profile) => VARIANTS.flatMap((variant) => {
    const values = new Samples(result, row, profile.name).of(variant.id).flatMap(read).filter((value) => !Number.isNaN(value));
    const quantiles = [0.1, 0.5, 0.95].map((share) => quantile(values, share));
    return values.length === 0 ? [] : [{ profile, variant, quantiles }];
  }));
  const ends = bars.map(({ quantiles: [, middle, high] }) => (Number.isFinite(high) ? high : middle)).filter(Number.isFinite);
  const [left, width, step, top] = [230, 420, 24, 44];
  const most = Math.max(...ends, 1e-9);
  const x = (value) => (left + (width * Math.min(value, most)) / most).toFixed(1);
  const digits = most < 20 ? 1 : 0;
  const lines = bars.map(({ profile, variant, quantiles: [low, middle, high] }, at) => {
    const y = top + at * step;
    const name = title(variant).replace(/[*`]/g, '').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    const fill = variant.own ? '#e5484d' : '#8b8d98';
    const whisker = high > low ? `<path d="M${x(low)} ${y + 8}H${x(high)}" stroke="#60646c" stroke-width="2"/>` : '';
    return `<text x="${left - 8}" y="${y + 12}" text-anchor="end">${name}</text>`
      + `<rect x="${left}" y="${y}" width="${(x(middle) - left).toFixed(1)}" height="16" rx="2" fill="${fill}" opacity="${profile.name === 'fast' ? 1 : 0.55}"/>${whisker}`
      + `<text x="${Number(x(Number.isFinite(high) ? high : most)) + 6}" y="${y + 12}">${Number.isFinite(middle) ? middle.toFixed(digits) : 'never'}</text>`;
  });
  const links = [...new Set(bars.map(({ profile }) => profile))].map(({ title: text }, at) => `${text}${at === 0 ? '' : ' (paler)'}`).join('; ');
  const height = top + bars.length * step + 12;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${left + width + 70} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#60646c" role="img">
<title>${heading}</title><text x="8" y="18" font-weight="600">${heading}</text><text x="8" y="34" font-size="10">${links}</text>
${lines.join('\n')}
</svg>
`;
}
