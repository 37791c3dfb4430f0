import { z } from 'zod';
import { nextPage } from './page.ts';
import { Id } from './words.ts';

/** From the least to the most important. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export const LogLevel = z.enum(logLevels).meta({ id: 'LogLevel' });
export type LogLevel = z.infer<typeof LogLevel>;

/** One line of the log, for people: what happened, and around what. */
export const LogEntry = z
  .strictObject({
    sequence: z.int().meta({ description: 'Grows with every entry of this start of the server.' }),
    time: z.iso.datetime(),
    level: LogLevel,
    sentence: z.string(),
    part: z.string().optional().meta({ description: 'The part of the server that says it.' }),
    flow: Id.optional(),
    component: Id.optional(),
    fields: z.record(z.string(), z.unknown()).meta({ description: 'All else that is told, such as `reason`.' }),
  })
  .meta({ id: 'LogEntry' });
export type LogEntry = z.infer<typeof LogEntry>;

/** Entries, oldest first, that are still remembered. */
export const LogPage = z
  .strictObject({
    items: z.array(LogEntry),
    next: nextPage,
    latest: z.int().meta({ description: 'The last sequence there is: ask with `after` for what comes later.' }),
  })
  .meta({ id: 'LogPage' });
export type LogPage = z.infer<typeof LogPage>;
