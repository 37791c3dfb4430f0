import { builtinModules } from 'node:module';
import { defineConfig } from 'vite';
import manifest from './package.json' with { type: 'json' };

/** What stays outside of the bundle: Node itself and the packages. The contract comes in. */
const packages = Object.keys(manifest.dependencies).filter((name) => name !== '@semstreams/contract');
const outside = new Set([...packages, ...builtinModules]);
const isOutside = (id: string): boolean =>
  id.startsWith('node:') || outside.has(id.startsWith('@') ? id.split('/').slice(0, 2).join('/') : id.split('/')[0]!);

export default defineConfig({
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'dist',
    sourcemap: true,
    minify: false,
    rolldownOptions: {
      input: { main: 'src/main.ts', 'lane-worker': 'src/runtime/lane-worker.ts', reference: 'src/reference.ts' },
      external: isOutside,
      output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
});
