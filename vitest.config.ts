import { defineConfig } from 'vitest/config';
import { iconsOfTypes } from './ui/build/icons-of-types.ts';

export default defineConfig({
  plugins: [iconsOfTypes()],
  test: {
    include: [
      'contract/src/**/*.test.ts',
      'server/src/**/*.test.ts',
      'ui/src/**/*.test.{ts,tsx}',
      'scripts/**/*.test.mjs',
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
