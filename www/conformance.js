// Runs every check, one after the other, and writes the table. `window.conformance` holds the results when all are done.
import { CHECKS } from './conformance-checks.js';
import { inAppBrowser } from './elsewhere.js';

/** A check that has not answered by then has failed. */
const PATIENCE_MS = 8000;
const MARKS = { yes: '✓', no: '✗', partly: '~', manual: '?' };
const WORDS = { yes: 'yes', no: 'no', partly: 'does without', manual: 'look yourself' };

const rows = document.querySelector('#rows');
const inApp = inAppBrowser(navigator.userAgent);
document.querySelector('#browser').textContent = `${inApp ? `Inside ${inApp}. ` : ''}${navigator.userAgent}`;

/** `[result, detail]` of one check. What is only better to have makes no failure. */
async function attempt({ run, better }) {
  let timer;
  const late = new Promise((resolve) => { timer = setTimeout(resolve, PATIENCE_MS, { ok: false, detail: `no answer in ${PATIENCE_MS / 1000} s` }); });
  try {
    const { ok, detail = '', manual } = await Promise.race([run(), late]);
    return [manual ? 'manual' : ok ? 'yes' : better ? 'partly' : 'no', detail];
  } catch (error) {
    return [better ? 'partly' : 'no', `${error.name}: ${error.message}`];
  } finally {
    clearTimeout(timer);
  }
}

function row(title, result, detail) {
  const line = document.createElement('tr');
  line.className = result;
  for (const text of [title, `${MARKS[result]} ${WORDS[result]}`, detail]) {
    const cell = document.createElement('td');
    cell.textContent = text;
    line.append(cell);
  }
  rows.append(line);
}

const results = [];
for (const check of CHECKS) {
  const [result, detail] = await attempt(check);
  results.push({ id: check.id, title: check.title, result, detail });
  row(check.title, result, detail);
}
const count = (result) => results.filter((entry) => entry.result === result).length;
document.querySelector('#sum').textContent = `${count('yes')} yes, ${count('partly')} done without, ${count('no')} no, ${count('manual')} to look at.`;
document.querySelector('#text').textContent = [navigator.userAgent, ...results.map(({ title, result, detail }) => `${MARKS[result]} ${title}${detail ? `: ${detail}` : ''}`)].join('\n');
window.conformance = results;
