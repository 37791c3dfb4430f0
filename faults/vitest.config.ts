import { defineConfig } from 'vitest/config';

/** Each test starts processes of its own and may take minutes; one after the other, so that none starves another. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['tests/**/*.faults.ts'],
    testTimeout: process.env['FAULTS_FORM'] === 'long' ? 3_600_000 : 300_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    isolate: true,
  },
});
