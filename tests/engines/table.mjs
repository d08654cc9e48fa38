// The support table of the README, from what the tests run. `node table.mjs` writes it; readme.test.mjs holds it.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ENGINES } from './engines.mjs';
import { SPECS } from './specs.mjs';

const README = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../README.md');
const MARKS = ['<!-- engines: written by tests/engines/table.mjs -->\n', '<!-- /engines -->\n'];

/** One row for each spec; what an engine does not do, or cannot be asked, has a note that says why. */
export function table() {
  const engines = Object.values(ENGINES);
  const notes = [];
  const note = (why) => {
    if (!notes.includes(why)) notes.push(why);
    return `no [${notes.indexOf(why) + 1}]`;
  };
  const rows = SPECS.map(({ title, needs }) => [title, ...engines.map(({ name, gaps }) => (needs in gaps ? note(`${name}: ${gaps[needs]}`) : 'yes'))]);
  const line = (cells) => `| ${cells.join(' | ')} |\n`;
  const body = [['', ...engines.map(({ name }) => name)], ['---', ...engines.map(() => '---')], ...rows].map(line).join('');
  return `${body}\n${notes.map((why, index) => `[${index + 1}] ${why}.`).join(' ')}\n`;
}

/** What the README holds between its marks. */
export function written() {
  const [head, tail] = fs.readFileSync(README, 'utf8').split(MARKS[0]);
  return tail?.split(MARKS[1])[0] ?? `no marks in ${head.length} characters`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = fs.readFileSync(README, 'utf8');
  fs.writeFileSync(README, text.replace(MARKS[0] + written() + MARKS[1], () => MARKS[0] + table() + MARKS[1]));
}
