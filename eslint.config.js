import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** Who may import what: the architecture of docs/architecture.md as data. What is not listed may not be imported. */
export const layers = {
  contract: [],
  'server/src/engine': ['contract'],
  'server/src/components': ['contract', 'server/src/engine', 'server/src/config', 'server/src/nats', 'server/src/web'],
  'server/src/config': ['contract'],
  'server/src/access': [],
  'server/src/nats': ['contract', 'server/src/config', 'server/src/engine'],
  'server/src/flows': [
    'contract',
    'server/src/engine',
    'server/src/components',
    'server/src/config',
    'server/src/nats',
    'server/src/web',
  ],
  'server/src/runtime': [
    'contract',
    'server/src/engine',
    'server/src/components',
    'server/src/config',
    'server/src/nats',
    'server/src/flows',
    'server/src/web',
  ],
  'server/src/live': [
    'contract',
    'server/src/access',
    'server/src/config',
    'server/src/nats',
    'server/src/flows',
    'server/src/runtime',
  ],
  'server/src/observability': [
    'contract',
    'server/src/config',
    'server/src/engine',
    'server/src/nats',
    'server/src/runtime',
    'server/src/web',
  ],
  'server/src/web': [
    'contract',
    'server/src/access',
    'server/src/config',
    'server/src/nats',
    'server/src/observability',
  ],
  'server/src/backup': [
    'contract',
    'server/src/config',
    'server/src/migrations',
    'server/src/nats',
    'server/src/observability',
    'server/src/runtime',
    'server/src/web',
  ],
  'server/src/migrations': ['server/src/backup', 'server/src/config', 'server/src/nats', 'server/src/observability'],
  'server/src/doctor': ['contract', 'server/src/commands', 'server/src/config', 'server/src/nats'],
  'server/src/commands': ['contract', 'server/src/config', 'server/src/doctor', 'server/src/nats', 'server/src/web'],
  ui: ['contract'],
};

/** A folder may import itself and its list; every other folder is a fence. */
const fences = Object.entries(layers).map(([folder, allowed]) => ({
  target: `./${folder}`,
  from: Object.keys(layers)
    .filter((other) => other !== folder && !allowed.includes(other))
    .map((other) => `./${other}`),
  message: `${folder} may import ${allowed.length > 0 ? allowed.join(', ') : 'nothing of ours'}`,
}));

const restrict = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });
const nats = { group: ['@nats-io/*'], message: 'only server/src/nats speaks with NATS' };
const canvas = { group: ['@xyflow/*'], message: 'only ui/src/editor/canvas knows React Flow' };
const world = {
  group: ['@nestjs/*', '@nats-io/*', 'fastify', 'node:http', 'socket.io'],
  message: 'the engine is pure',
};
const entries = { group: ['**/main.ts', '**/app.module.ts'], message: 'nothing imports the entry' };

export default tseslint.config(
  {
    ignores: [
      '**/dist/',
      'node_modules/',
      '.nx/',
      '.tools/',
      'data/',
      'examples/',
      '**/*.generated.ts',
      '**/.built-for-tests-*',
      'test-results/',
      'bench/.installed/',
    ],
  },
  {
    files: ['**/*.{ts,tsx,mjs,js}'],
    extends: [tseslint.configs.strict],
    plugins: { 'import-x': importX },
    languageOptions: { globals: globals.node },
    settings: {
      'import-x/resolver-next': [createTypeScriptImportResolver()],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts', '.tsx'] },
      'import-x/extensions': ['.ts', '.tsx', '.js', '.mjs'],
    },
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-redeclare': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'off',
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': ['error', { zones: fences }],
      'no-eval': 'error',
      'no-new-func': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['server/src/**/*.ts'],
    ignores: ['server/src/nats/**', 'server/src/engine/**'],
    rules: restrict(nats, entries),
  },
  {
    files: ['server/src/main.ts', 'server/src/serve.ts', 'server/src/reference.ts', 'server/src/routes.test.ts'],
    rules: restrict(nats),
  },
  { files: ['server/src/engine/**/*.ts'], rules: restrict(world, entries) },
  { files: ['ui/src/**/*.{ts,tsx}'], ignores: ['ui/src/editor/canvas/**'], rules: restrict(canvas) },
  {
    files: ['ui/src/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    languageOptions: { globals: globals.browser },
    rules: { 'react-hooks/rules-of-hooks': 'error', 'react-hooks/exhaustive-deps': 'error' },
  },
);
