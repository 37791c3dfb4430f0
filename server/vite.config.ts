import { execFileSync } from 'node:child_process';
import http from 'node:http';
import { defineConfig, type Plugin } from 'vite';

/** Compilers of schemas that Fastify would load at the start: no route has a schema of its kind, see create-app.ts. */
const neverLoaded = ['@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler'];

/** Native code, which is found from where it lies; loaded where Node has no SQLite itself. */
const native = ['@photostructure/sqlite'];

/** Packages that say nothing about it, though importing them does nothing: of them comes in what is used. */
const withoutEffects = /\/node_modules\/(@nestjs\/(swagger|mapped-types)|es-toolkit|js-yaml)\//;

/**
 * A module that imports `node:http` makes Node read each of its exports, and one of them loads a client for HTTP and
 * WebSocket of 800 KB, in every thread. So the bundle takes what it needs off the object itself.
 */
const httpWithoutClient = (): Plugin => {
  const isValue = ([, { value }]: [string, PropertyDescriptor]): boolean => value !== undefined;
  const names = Object.entries(Object.getOwnPropertyDescriptors(http))
    .filter(isValue)
    .map(([name]) => name);
  return {
    name: 'http-without-client',
    enforce: 'pre',
    resolveId: (id, _, { kind }) => (/^(node:)?http$/.test(id) && kind === 'import-statement' ? '\0http' : undefined),
    load: (id) =>
      id === '\0http'
        ? `const http = process.getBuiltinModule('node:http');\nexport default http;\nexport const { ${names.join(', ')} } = http;`
        : undefined,
  };
};

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
  // see docs/decisions/bundle.md
  plugins: [httpWithoutClient()],
  ssr: { noExternal: true },
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'dist',
    sourcemap: true,
    minify: false,
    rolldownOptions: {
      input: {
        main: 'src/main.ts',
        'lane-process': 'src/lanes/inside/lane-process.ts',
        'component-trial': 'src/catalogue/component-trial.ts',
        'probe-process': 'src/catalogue/probe-process.ts',
        'trial-process': 'src/trying/inside/trial-process.ts',
        reference: 'src/reference.ts',
      },
      external: [...neverLoaded, ...native],
      treeshake: { moduleSideEffects: (id) => !withoutEffects.test(id) },
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: '[name]-[hash].js',
        comments: false,
        charset: 'ascii',
      },
    },
  },
});
