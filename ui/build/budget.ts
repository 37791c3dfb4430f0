import { gzipSync } from 'node:zlib';
import type { Plugin, Rolldown } from 'vite';

/** What a part of the ui may weigh on the wire, gzipped, in KB of 1000 bytes as Vite prints them. */
export interface Budget {
  /** Name of the part, for the sentence that says it is too heavy. */
  readonly part: string;
  /** End of the path of the module that it begins with. */
  readonly entry: string;
  /** Part that is there already: what both need counts there. */
  readonly after?: string;
  readonly scriptKb: number;
  readonly styleKb?: number;
}

/** Fails the build when a part of the ui weighs more than its budget, and says by how much. */
export const budgets = (list: readonly Budget[]): Plugin => ({
  name: 'budgets',
  apply: 'build',
  generateBundle: {
    order: 'post',
    handler(_, bundle) {
      const chunks = Object.values(bundle).filter((output) => output.type === 'chunk');
      for (const { part, entry, after, scriptKb, styleKb } of list) {
        const there = after === undefined ? new Set<Chunk>() : closureOf(chunks, after);
        const added = [...closureOf(chunks, entry)].filter((chunk) => !there.has(chunk));
        if (added.length === 0) this.error(`the budget of ${part} measures nothing: no chunk begins with "${entry}"`);
        const scripts = kbOf(added.map(({ code }) => code));
        if (scripts > scriptKb) this.error(`${part} weighs ${scripts} KB of scripts, its budget is ${scriptKb}`);
        const styles = kbOf(added.flatMap((chunk) => stylesOf(chunk, bundle)));
        if (styleKb !== undefined && styles > styleKb)
          this.error(`${part} weighs ${styles} KB of styles, its budget is ${styleKb}`);
      }
    },
  },
});

type Chunk = Rolldown.OutputChunk;

/** The chunk with this module, and all that it needs before it can run. */
const closureOf = (chunks: readonly Chunk[], entry: string): Set<Chunk> => {
  const found = new Set(chunks.filter(({ facadeModuleId }) => facadeModuleId?.endsWith(entry)));
  for (const { imports } of found)
    for (const name of imports) for (const chunk of chunks) if (chunk.fileName === name) found.add(chunk);
  return found;
};

const stylesOf = (chunk: Chunk, bundle: Rolldown.OutputBundle): (string | Uint8Array)[] => {
  const names = [...(chunk.viteMetadata?.importedCss ?? [])];
  return names.flatMap((name) => {
    const asset = bundle[name];
    return asset?.type === 'asset' ? [asset.source] : [];
  });
};

const kbOf = (texts: readonly (string | Uint8Array)[]): number =>
  Math.round(texts.reduce((bytes, text) => bytes + gzipSync(text, { level: 9 }).length, 0) / 100) / 10;
