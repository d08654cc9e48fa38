// What a sampling profile tells: how much of each frame scripts took, and the feeder of that.

const FRAME_US = 1_000_000 / 60;
const NO_SCRIPT = new Set(['(root)', '(program)', '(idle)']);
const COLLECTOR = '(garbage collector)';
/** The feeder's functions in the shell and in the core, by their symbols; all that they call is theirs. */
const FEEDER = /11cliffhanger6feeder|16cliffhanger_core6feeder|6player7feeding/;
/** The core, into which parts of the feeder are compiled. All that it does counts, whoever asked. */
const CORE = /6Player6handle$/;
/** The loop that carries out what the core asks for: that part of it which is the feeder's has no name of its own. What it does itself counts, and
 * what it asks of the browser directly. */
const LOOP = /5Shell4pump$/;
/** Where JavaScript reads for the wasm, which is not on the stack then; it does little else on its own. */
const GLUE = '/glue.js';
/** What only a feeder asks of the browser. */
const BROWSER = new Set(['appendBuffer', 'addSourceBuffer', 'endOfStream', 'getReader', 'get buffered', 'createObjectURL', 'revokeObjectURL']);

/** Milliseconds of each frame in which anything was done: `{ scripts, feeder }`. */
export function frames({ nodes, samples, timeDeltas, startTime }) {
  const kinds = kindsOf(nodes);
  const [scripts, feeder] = [new Map(), new Map()];
  const add = (map, frame, us) => map.set(frame, (map.get(frame) ?? 0) + us / 1000);
  let at = startTime;
  let before = null;
  samples.forEach((id, n) => {
    at += timeDeltas[n];
    // A sample stands for the time until the next one.
    const us = Math.max(0, timeDeltas[n + 1] ?? 0);
    const kind = kinds.get(id);
    const frame = Math.floor(at / FRAME_US);
    if (us > 0 && kind !== 'none') add(scripts, frame, us);
    // Garbage is collected for whom was at work.
    if (us > 0 && (kind === 'garbage' ? before : kind) === 'feeder') add(feeder, frame, us);
    if (kind !== 'garbage') before = kind;
  });
  return { scripts: [...scripts.values()], feeder: [...feeder.values()] };
}

/** By the number of a node: `none`, `garbage`, `feeder` or `script`. */
function kindsOf(nodes) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const name = (id) => byId.get(id).callFrame.functionName;
  const stack = (id) => {
    const frames = [];
    for (let at = id; at !== undefined; at = parents.get(at)) frames.push(byId.get(at).callFrame);
    return frames;
  };
  return new Map(nodes.map(({ id }) => {
    if (NO_SCRIPT.has(name(id))) return [id, 'none'];
    if (name(id) === COLLECTOR) return [id, 'garbage'];
    const frames = stack(id);
    const names = frames.map(({ functionName }) => functionName);
    const nearest = names.find((each) => each.startsWith('_R'));
    const feeds = names.some((each) => FEEDER.test(each) || CORE.test(each))
      || (nearest ? LOOP.test(nearest) : frames.some(({ url }) => url?.endsWith(GLUE)))
      || BROWSER.has(names[0]);
    return [id, feeds ? 'feeder' : 'script'];
  }));
}
