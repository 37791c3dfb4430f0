import { setFlagsFromString } from 'node:v8';

/**
 * While a process loads its modules, V8 doubles the space for young objects again and again, and never gives it back: 25 MB
 * that an idle server does not need. Without growth the start takes as long; from its end on the space may grow as usual.
 */
export const withSmallYoungSpace = async (start: () => Promise<void>): Promise<void> => {
  setFlagsFromString('--semi-space-growth-factor=1');
  try {
    await start();
  } finally {
    setFlagsFromString('--semi-space-growth-factor=2');
  }
};
