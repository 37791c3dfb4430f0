import { z } from 'zod';

/** What is remembered over time of flows, their components and the server itself, with the unit of its values. */
export const historyFigures = {
  in: { unit: 'messages/s', title: 'Messages in' },
  out: { unit: 'messages/s', title: 'Messages out' },
  rejected: { unit: 'messages/s', title: 'Rejected' },
  failed: { unit: 'messages/s', title: 'Failed' },
  dropped: { unit: 'messages/s', title: 'Dropped' },
  waiting: { unit: 'messages', title: 'Waiting' },
  waiting_bytes: { unit: 'bytes', title: 'Storage of what waits' },
  oldest_waiting: { unit: 's', title: 'Oldest waiting' },
  latency_p50: { unit: 'ms', title: 'Latency, median' },
  latency_p95: { unit: 'ms', title: 'Latency, 95 of 100 below' },
  latency_p99: { unit: 'ms', title: 'Latency, 99 of 100 below' },
  dead_letters: { unit: 'messages', title: 'Dead letters' },
  running: { unit: '%', title: 'Part of the time that it ran' },
  cpu: { unit: '%', title: 'CPU, of one core' },
  memory: { unit: 'bytes', title: 'Memory' },
  disk_used: { unit: '%', title: 'Disk in use' },
} as const;
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
