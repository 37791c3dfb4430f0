import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { budgets } from './build/budget.ts';
import { compress } from './build/compress.ts';
import { iconsOfTypes } from './build/icons-of-types.ts';
import { licences } from './build/licences.ts';

/** Where `npx vite` in this folder finds the server while somebody works on the ui. */
const server = process.env['SEMSTREAMS_URL'] ?? 'http://localhost:8080';
const serverPaths = ['/api', '/health', '/metrics'];

export default defineConfig({
  plugins: [
    react(),
    iconsOfTypes(),
    licences(),
    compress(),
    budgets([
      { part: 'the first page', entry: '/index.html', scriptKb: 260, styleKb: 40 },
      { part: 'the editor', entry: '/editor/editor-page.tsx', after: '/index.html', scriptKb: 120 },
    ]),
  ],
  build: {
    outDir: 'dist',
    target: 'es2022',
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    // making a schema changes nothing: those of the contract that no page reads stay out, and zod with them
    rolldownOptions: { treeshake: { manualPureFunctions: ['z'] } },
  },
  server: {
    proxy: {
      ...Object.fromEntries(serverPaths.map((path) => [path, { target: server }])),
      '/live': { target: server, ws: true },
    },
  },
});
