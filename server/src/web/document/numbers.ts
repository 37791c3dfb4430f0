type Json = Readonly<Record<string, unknown>>;

/** The largest that 32 bits hold, with a sign. */
const most32 = 2 ** 31 - 1;

/**
 * The format of a schema of a whole number: `int64` where it may be larger than 32 bits hold. Generators of typed languages
 * take 32 bits where nothing is said, and their clients then fail at the first dead letter, or byte, past two thousand millions.
 */
export const numberFormat = ({ type, format, minimum, maximum }: Json): { readonly format?: 'int32' | 'int64' } => {
  if (type !== 'integer' || format !== undefined) return {};
  const isNarrow = isWithin(minimum) && isWithin(maximum);
  return { format: isNarrow ? 'int32' : 'int64' };
};

const isWithin = (bound: unknown): boolean => typeof bound === 'number' && Math.abs(bound) <= most32;
