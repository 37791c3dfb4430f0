import type { LaunchOptions } from '@playwright/test';

/** The system's Chromium, without the traffic of its own; Chromium refuses its sandbox to root. */
export const launchOptions: LaunchOptions = {
  executablePath: process.env['SEMSTREAMS_CHROMIUM'] ?? '/usr/bin/chromium',
  args: [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ],
};
