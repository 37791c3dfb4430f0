import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `npx vite` in this folder finds the server while somebody works on the ui. */
const server = process.env['SEMSTREAMS_URL'] ?? 'http://localhost:8080';
const serverPaths = ['/api', '/health', '/metrics'];

export default defineConfig({
  plugins: [react()],
  build: { outDir: 'dist', target: 'es2022', modulePreload: { polyfill: false }, reportCompressedSize: true },
  server: {
    proxy: {
      ...Object.fromEntries(serverPaths.map((path) => [path, { target: server }])),
      '/live': { target: server, ws: true },
    },
  },
});
