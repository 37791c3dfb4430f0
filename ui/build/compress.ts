import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const isText = /\.(js|css|html|svg|json)$/;
/** Smaller ones fit into a packet or two as they are. */
const leastBytes = 1024;

/** Puts a `.br` and a `.gz` beside each text of the built ui: a small device sends them and compresses nothing itself. */
export const compress = (): Plugin => ({
  name: 'compress',
  apply: 'build',
  writeBundle({ dir = '' }) {
    for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
      if (!isText.test(name)) continue;
      const content = readFileSync(join(dir, name));
      if (content.length < leastBytes) continue;
      writeFileSync(join(dir, `${name}.gz`), gzipSync(content, { level: 9 }));
      const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
      writeFileSync(join(dir, `${name}.br`), brotliCompressSync(content, { params }));
    }
  },
});
