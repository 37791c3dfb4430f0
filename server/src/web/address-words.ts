import { z } from 'zod';

/**
 * A whole number as it stands in an address: digits alone, so that neither `0x10` nor `1e0` nor a blank is taken for one. It
 * is documented as the number that it means.
 */
export const wholeNumber = (bounds: z.ZodInt) =>
  z.preprocess((text) => (typeof text === 'string' && /^\d{1,16}$/.test(text) ? Number(text) : text), bounds);

/** `true` or `false` as it stands in an address, `false` where it is left out. */
export const flag = z
  .preprocess((text) => (text === 'true' ? true : text === 'false' ? false : text), z.boolean())
  .default(false);

/** A time in any zone. */
export const time = z.iso.datetime({ offset: true, error: 'write a time such as 2026-07-01T12:00:00Z' });
