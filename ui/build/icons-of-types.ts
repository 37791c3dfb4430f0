import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const types = join(import.meta.dirname, '../../server/src/component-types');

/** The icons that component types name, as lucide calls them, each once. */
export const iconsInUse = (): string[] => {
  const names = readdirSync(types, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.definition.ts'))
    .flatMap((path) => /\bicon: '([a-z0-9-]+)'/.exec(readFileSync(join(types, path), 'utf8'))?.[1] ?? []);
  return [...new Set(names)].sort();
};

const exportOf = (icon: string): string => icon.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase());

const module = 'virtual:icons-of-types';

/** Puts the icons of all component types into the bundle, so that a new type is a folder of the server and nothing here. */
export const iconsOfTypes = (): Plugin => ({
  name: 'icons-of-types',
  resolveId: (id) => (id === module ? `\0${module}` : undefined),
  load(id) {
    if (id !== `\0${module}`) return undefined;
    const icons = iconsInUse();
    const entries = icons.map((icon) => `'${icon}': ${exportOf(icon)}`);
    return `import { ${[...new Set(icons.map(exportOf))].join(', ')} } from 'lucide-react';\nexport const iconsOfTypes = { ${entries.join(', ')} };\n`;
  },
});
