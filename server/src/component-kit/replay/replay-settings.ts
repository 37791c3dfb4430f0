import { z } from 'zod';

/** How a recording is replayed: settings of all that can, shown where `showIf` says that it does. */
export const replaySettings = (showIf: { readonly field: string; readonly is: readonly string[] }) => ({
  speed: z.number().min(0).max(10_000).default(1).meta({
    title: 'Speed',
    description: '1 replays as it was recorded, 10 ten times as fast, 0 as fast as the flow takes it.',
    showIf,
  }),
  loop: z
    .boolean()
    .default(false)
    .meta({ title: 'Again and again', description: 'Starts the recording anew at its end.', showIf }),
});
