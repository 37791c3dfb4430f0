import { giveBackMemoryOfStart } from '../machine/memory-after-start.ts';
import { withSmallYoungSpace } from '../machine/young-space.ts';
import type { Command } from './command.ts';

/** Runs the server. It ends the process itself when it is told to. */
export const serve: Command = {
  options: { config: { type: 'string' } },
  mostWords: 0,
  run: async ({ values }) => {
    await withSmallYoungSpace(async () => (await import('../serve.ts')).serve(values['config']));
    giveBackMemoryOfStart();
    return new Promise<number>(() => undefined);
  },
};
