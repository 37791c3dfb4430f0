import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { componentIcons } from './component-icons.ts';

const components = join(import.meta.dirname, '../../../server/src/component-types');

const iconsInUse = readdirSync(components, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.component.ts'))
  .map((path) => /\bicon: '([a-z0-9-]+)'/.exec(readFileSync(join(components, path), 'utf8'))?.[1] ?? `none in ${path}`);

it('knows the icon of every component type', () => {
  expect(iconsInUse.length).toBeGreaterThan(5);
  expect(iconsInUse.filter((icon) => !(icon in componentIcons))).toEqual([]);
});
