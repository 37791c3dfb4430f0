import { z } from 'zod';
import { Finding } from './finding.ts';

/** One thing to do with many flows. */
export const BulkAction = z
  .strictObject({
    action: z.enum(['deploy', 'start', 'stop', 'delete']),
    flows: z.array(z.string()).min(1).max(1000).meta({ description: 'Their ids.' }),
    discard_waiting: z.boolean().optional().meta({
      description:
        'Throw away what waits in buffers, and the places of receivers, of what is no more; refused by 409 without.',
    }),
  })
  .meta({ id: 'BulkAction' });
export type BulkAction = z.infer<typeof BulkAction>;

/** What became of each, in the order in which they were named. */
export const BulkOutcome = z
  .strictObject({
    items: z.array(
      z.strictObject({
        flow: z.string(),
        status: z.int().meta({ description: 'As the call for this flow alone would have answered.' }),
        detail: z.string().optional().meta({ description: 'Why not, where it was not done.' }),
        findings: z.array(Finding).optional(),
      }),
    ),
  })
  .meta({ id: 'BulkOutcome' });
export type BulkOutcome = z.infer<typeof BulkOutcome>;
