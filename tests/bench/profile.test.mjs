// Whose work a sample is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frames } from './profile.mjs';

const PULL = '_RNCNvNtCs1a_11cliffhanger6feeder4pull0';
const LISTEN = '_RNCNvNtCs1a_11cliffhanger3dom6listen0';
const PUMP = '_RNvMs_NtCs1a_11cliffhanger5shellNtB4_5Shell4pump';
const HANDLE = '_RNvMNtCs1b_16cliffhanger_core6playerNtB2_6Player6handle';
const TAKE = '_RNvMs_NtNtCs1b_16cliffhanger_core6feeder6sourceNtB4_6Source4take';
const DRAW = '_RNvNtCs1a_11cliffhanger6render4draw';

/** The profile of a thread that was at work in these stacks, outermost first, a millisecond in each. What begins with a slash lies in that file. */
function profile(...stacks) {
  const nodes = [{ id: 1, callFrame: { functionName: '(root)' }, children: [] }];
  const at = (stack) => stack.reduce((parent, functionName) => {
    const id = nodes.length + 1;
    nodes.push({ id, callFrame: { functionName, url: functionName.startsWith('/') ? functionName : '' }, children: [] });
    nodes[parent - 1].children.push(id);
    return id;
  }, 1);
  const samples = [...stacks.map(at), 1];
  return { nodes, samples, timeDeltas: samples.map(() => 1000), startTime: 0 };
}
const feeder = (...stacks) => frames(profile(...stacks)).feeder.reduce((sum, ms) => sum + ms, 0);

test('all that happens when bytes have come is the work of the feeder, whatever it draws', () => {
  assert.equal(feeder(['real', PULL, PUMP, DRAW, '', 'set textContent']), 1);
});

test('the core is counted whoever calls it, and what the loop asks of the browser', () => {
  assert.equal(feeder([LISTEN, PUMP, HANDLE, TAKE], [LISTEN, PUMP, HANDLE], [LISTEN, PUMP], [LISTEN, PUMP, '', 'fetch']), 4);
});

test('drawing for another reason is not the work of the feeder, nor is a script of the page', () => {
  assert.equal(feeder([LISTEN, PUMP, DRAW, '', 'set textContent'], [LISTEN], ['scrolled']), 0);
});

test('reading for the wasm is the work of the feeder; what the wasm asks of the glue for another reason is not', () => {
  assert.equal(feeder(['/glue.js', 'read'], ['/page.js', 'read'], [LISTEN, '/glue.js', 'get clientHeight']), 1);
});

test('garbage is collected for whom was at work before', () => {
  assert.equal(feeder([PULL], ['(garbage collector)'], ['(garbage collector)'], ['scrolled'], ['(garbage collector)']), 3);
});

test('a thread that waits, or lays out a page, runs no script; and frames are counted apart', () => {
  const long = profile([PULL], ['(program)'], ...Array(20).fill([PULL]));
  const { scripts, feeder: of } = frames(long);
  assert.deepEqual(scripts, of);
  assert.deepEqual(scripts, [15, 6]);
});
