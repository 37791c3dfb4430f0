import { durationPattern, parseDuration } from '@semstreams/contract';
import { z } from 'zod';

/** A time as it stands in an address: a moment, or how long ago it was. */
export const TimeWords = z
  .string()
  .refine((text) => durationPattern.test(text) || z.iso.datetime({ offset: true }).safeParse(text).success, {
    error: 'write a time such as "2026-03-01T12:00:00Z", or how long ago it was, such as "24h"',
  });

/** The moment in milliseconds since 1970. */
export const momentOf = (text: string, now: number): number =>
  durationPattern.test(text) ? now - parseDuration(text) : Date.parse(text);
