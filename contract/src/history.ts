import { z } from 'zod';
import { historyFigures } from './history-figures.ts';

const figureNames = Object.keys(historyFigures) as [keyof typeof historyFigures, ...(keyof typeof historyFigures)[]];

export const HistoryFigure = z.enum(figureNames).meta({
  id: 'HistoryFigure',
  description:
    'in, out, rejected, failed, dropped: messages a second. waiting, dead_letters: messages. waiting_bytes, memory: bytes. oldest_waiting: seconds. latency_p50, _p95, _p99: milliseconds from coming in to being handed out. running, cpu, disk_used: percent. A flow has no cpu and memory of its own while it shares its lane with others; disk_used is of the server alone.',
});
export type HistoryFigure = z.infer<typeof HistoryFigure>;

/** One figure over time. Its values stand at `from`, `from` + `step_s`, and so on. */
export const HistorySeries = z
  .strictObject({
    flow: z.string().optional().meta({ description: 'Absent where it is of all flows together, or of the server.' }),
    component: z.string().optional().meta({ description: 'Absent where it is of a flow as a whole.' }),
    figure: HistoryFigure,
    unit: z.string(),
    values: z
      .array(z.number().nullable())
      .meta({ description: '`null` where nothing is known, such as while the server was off.' }),
  })
  .meta({ id: 'HistorySeries' });
export type HistorySeries = z.infer<typeof HistorySeries>;

export const History = z
  .strictObject({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    step_s: z
      .number()
      .meta({ description: 'Seconds from one value to the next; at least as fine as what is kept of that time.' }),
    series: z.array(HistorySeries),
  })
  .meta({ id: 'History' });
export type History = z.infer<typeof History>;
