import { execFileSync } from 'node:child_process';
import { builtinModules } from 'node:module';
import { defineConfig } from 'vite';
import manifest from './package.json' with { type: 'json' };

/** What stays outside of the bundle: Node itself and the packages. The contract comes in. */
const packages = Object.keys(manifest.dependencies).filter((name) => name !== '@semstreams/contract');
const outside = new Set([...packages, ...builtinModules]);
const isOutside = (id: string): boolean =>
  id.startsWith('node:') || outside.has(id.startsWith('@') ? id.split('/').slice(0, 2).join('/') : id.split('/')[0]!);

/** `SEMSTREAMS_COMMIT` where the build is told, as in an image; else what git says; empty where there is no git. */
const commit = (): string => {
  const given = process.env['SEMSTREAMS_COMMIT'];
  if (given) return given.slice(0, 12);
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return '';
  }
};

export default defineConfig({
  define: { 'import.meta.env.SEMSTREAMS_COMMIT': JSON.stringify(commit()) },
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
