import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

/** What a module imports, itself and through others, as soon as it is loaded; types and what is imported later are left out. */
const packagesOf = (...modules: readonly string[]): string[] => {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const walk = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, names = '', path = ''] of readFileSync(file, 'utf8').matchAll(staticImport)) {
      if (areTypes(names)) continue;
      const found = join(dirname(file), path);
      if (!path.startsWith('.')) packages.add(path);
      else if (existsSync(found)) walk(found);
    }
  };
  for (const module of modules) walk(join(import.meta.dirname, module));
  expect(seen.size).toBeGreaterThan(modules.length);
  return [...packages].filter((name) => !name.startsWith('node:')).sort();
};
const staticImport = /^(?:import|export)\s+(?!type\b)(?:([\s\S]*?)\s+from\s+)?'([^']+)';/gm;
const areTypes = (names: string): boolean =>
  /^\{[^}]*\}$/.test(names) &&
  names
    .slice(1, -1)
    .split(',')
    .every((name) => name.trim() === '' || name.trim().startsWith('type '));

const engine = ['@semstreams/contract', 'zod'];

it('a lane loads the engine and the client of NATS, and no component type', () =>
  expect(packagesOf('lanes/inside/lane-process.ts')).toEqual([
    '@nats-io/jetstream',
    '@nats-io/transport-node',
    ...engine,
  ]));

it.each<[string, string, readonly string[]]>([
  ['inputs', 'udp-input', engine],
  ['inputs', 'tcp-input', engine],
  ['inputs', 'timer-input', [...engine, 'croner']],
  ['processors', 'json-filter', ['@semstreams/contract', 're2js', 'zod']],
  ['processors', 'json-map', engine],
  ['processors', 'aggregate', engine],
  ['outputs', 'udp-output', engine],
  ['outputs', 'log-output', ['zod']],
])('%s: %s brings no library along that others need', (category, type, packages) =>
  expect(packagesOf(`component-types/${category}/${type}/${type}.component.ts`)).toEqual([...packages].sort()),
);
