import assert from 'node:assert/strict';
import test from 'node:test';
import { table, written } from './table.mjs';

test('the README says of each engine what these tests show', () => {
  assert.equal(written(), table(), 'to mend it: node tests/engines/table.mjs');
});
