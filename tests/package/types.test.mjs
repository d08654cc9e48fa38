// TypeScript in the hands of a consumer: ../types holds code that must be accepted, and code that must be refused.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test, { before } from 'node:test';
import { HERE, consumer, install, scratch } from './support/packed.mjs';

const TSC = path.join(HERE, 'node_modules/typescript/bin/tsc');
const TYPES = path.resolve(HERE, '../types');

before(install);

/** Checks a copy of the tests beside `node_modules`; gives the complaints. `edit` may change a file's text. */
function check(edit = (text) => text) {
  return scratch((folder) => {
    fs.symlinkSync(path.join(HERE, 'node_modules'), path.join(folder, 'node_modules'));
    for (const name of fs.readdirSync(TYPES).filter((file) => /\.(tsx?|json)$/.test(file))) {
      fs.writeFileSync(path.join(folder, name), edit(fs.readFileSync(path.join(TYPES, name), 'utf8'), name));
    }
    fs.copyFileSync(path.join(consumer('vite-react'), 'main.tsx'), path.join(folder, 'main.tsx'));
    fs.writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
    fs.writeFileSync(path.join(folder, 'style.d.ts'), "declare module '*.css';\n");
    try {
      execFileSync(process.execPath, [TSC, '-p', folder], { encoding: 'utf8', stdio: 'pipe' });
      return '';
    } catch (error) {
      return error.stdout;
    }
  });
}

test('good code is accepted and bad code refused, in plain TypeScript, React and Vue', async () => {
  assert.equal(await check(), '');
});

test('the same holds where modules are found as node finds them', async () => {
  const asNode = (text, name) => (name === 'tsconfig.json' ? text.replace('"module": "esnext", "moduleResolution": "bundler"', '"module": "nodenext"') : text);
  assert.match(asNode(fs.readFileSync(path.join(TYPES, 'tsconfig.json'), 'utf8'), 'tsconfig.json'), /nodenext/);
  assert.equal(await check(asNode), '');
});

test('each piece of bad code is refused by itself, and nothing else is', async () => {
  const marked = new Set();
  const complaints = await check((text, name) => {
    text.split('\n').forEach((line, at) => { if (line.includes('@ts-expect-error') && !line.startsWith('// What')) marked.add(`${name}:${at + 2}`); });
    return text.replaceAll('@ts-expect-error', 'refused:');
  });
  const refused = new Set([...complaints.matchAll(/(\w+\.tsx?)\((\d+),\d+\): error/g)].map(([, name, line]) => `${name}:${line}`));
  assert.ok(marked.size > 25, `${marked.size} marks`);
  assert.deepEqual([...refused].sort(), [...marked].sort());
});
