import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

/** Somebody else's package that went into the ui. */
interface Licence {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

/** Writes `licences.json`: every package whose code went into the ui, for the page that thanks them. */
export const licences = (): Plugin => ({
  name: 'licences',
  apply: 'build',
  generateBundle() {
    const folders = new Set([...this.getModuleIds()].flatMap((id) => packageFolder.exec(id)?.[0] ?? []));
    const list = [...folders].map(licenceOf).sort((a, b) => a.name.localeCompare(b.name));
    this.emitFile({ type: 'asset', fileName: 'licences.json', source: JSON.stringify(list) });
  },
});

/** Up to and with the last `node_modules/name` or `node_modules/@scope/name` of a path. */
const packageFolder = /^\/?[A-Za-z/].*\/node_modules\/(?:@[^/]+\/)?[^/]+/;

const licenceOf = (folder: string): Licence => {
  const manifest = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as Record<string, string>;
  return {
    name: manifest['name'] ?? folder,
    version: manifest['version'] ?? '',
    licence: manifest['license'] ?? 'see the package',
  };
};
