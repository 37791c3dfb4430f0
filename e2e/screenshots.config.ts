import { defineConfig } from '@playwright/test';
import { launchOptions } from './browser.ts';

/** `npm run screenshots`: makes the pictures of docs/screenshots anew. */
export default defineConfig({
  testDir: '.',
  testMatch: 'screenshots.ts',
  outputDir: '../test-results',
  workers: 1,
  timeout: 120_000,
  reporter: 'list',
  use: { launchOptions, viewport: { width: 1440, height: 900 }, actionTimeout: 30_000, locale: 'en-GB' },
});
