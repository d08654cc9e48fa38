// What Criterion has measured of the core, from the files it leaves: groups with a number of episodes. The gate's lie beside them and have none.
import fs from 'node:fs';
import path from 'node:path';

/** `{ group: { function: { value: microseconds } } }`, or null when the core has not been measured. */
export function read(folder) {
  if (!fs.existsSync(folder)) return null;
  const found = {};
  for (const file of fs.readdirSync(folder, { recursive: true }).map(String).sort()) {
    if (path.basename(file) !== 'benchmark.json' || path.basename(path.dirname(file)) !== 'new') continue;
    const here = path.join(folder, path.dirname(file));
    const { group_id: group, function_id: name, value_str: value } = JSON.parse(fs.readFileSync(path.join(here, 'benchmark.json'), 'utf8'));
    if (value === null) continue;
    const { median } = JSON.parse(fs.readFileSync(path.join(here, 'estimates.json'), 'utf8'));
    ((found[group] ??= {})[name] ??= {})[value] = median.point_estimate / 1000;
  }
  return found;
}
