/** Writes the files that are made from the sources; `--check` only says which are stale, and fails where one is. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup/root.mjs';

const node = (...args) =>
  execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 });

const generated = {
  'server/src/components/mavlink-input/dialects.generated.ts': () =>
    node('server/src/components/mavlink-input/generate-dialects.mjs', '--print'),
  'docs/reference/openapi.json': () => node('server/dist/reference.js', 'openapi'),
  'docs/reference/components.md': () => node('server/dist/reference.js', 'components'),
  'docs/reference/configuration.md': () => node('server/dist/reference.js', 'configuration'),
};

const isCheck = process.argv.includes('--check');
let stale = 0;
for (const [file, make] of Object.entries(generated)) {
  const path = join(root, file);
  const text = make();
  if (text === read(path)) continue;
  if (isCheck) {
    console.error(`${file} is stale: run "npm run generate"`);
    stale += 1;
  } else writeFileSync(path, text);
}
process.exit(stale > 0 ? 1 : 0);

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
