import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const sources = join(import.meta.dirname, '..');

/** What the server needs to know of component types (schemas, words, how a pattern is checked), and what touches neither files nor sockets. */
const known = ['@nestjs/common', '@semstreams/contract', 'croner', 're2js', 'zod'];
/** What opens files, sockets, processes. */
const opening = /^node:(fs|net|tls|dgram|dns|https?|http2|child_process|cluster|worker_threads)\b/;

/** Everything that comes along with a file, but for what is loaded later: files of ours, and names of packages. */
const broughtBy = (file: string, seen = new Map<string, Set<string>>()): ReadonlyMap<string, Set<string>> => {
  if (seen.has(file)) return seen;
  const packages = new Set<string>();
  seen.set(file, packages);
  const imports = /^(?:import|export) (?!type )(?:[^;']* from )?'([^']+)';/gm;
  for (const [statement, name] of readFileSync(file, 'utf8').matchAll(imports)) {
    if (/^import \{ (type \w+(, )?)+ \}/.test(statement)) continue;
    if (name!.startsWith('.')) broughtBy(join(dirname(file), name!), seen);
    else packages.add(name!);
  }
  return seen;
};

const modules = readdirSync(join(sources, 'component-types'), { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.module.ts'),
);

it.each(modules)('%s brings no client, and nothing that opens a file or a socket', (module) => {
  const brought = [...broughtBy(join(sources, 'component-types', module)).values()].flatMap((packages) => [
    ...packages,
  ]);
  // what ends with "?raw" is a text that is bundled, and run by nobody here
  const isHarmless = (name: string): boolean =>
    name.startsWith('node:') ? !opening.test(name) : known.includes(name) || name.endsWith('?raw');
  expect(brought.filter((name) => !isHarmless(name))).toEqual([]);
});

it('would see one', () => {
  const component = join(sources, 'component-types/outputs/websocket-output/websocket-output.component.ts');
  expect([...broughtBy(component).values()].flatMap((packages) => [...packages])).toContain('ws');
});
