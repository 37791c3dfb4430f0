/** A part of a file, from its first to its last byte. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The part that the header `Range` asks for (RFC 9110); undefined for the whole, as where it asks for several parts; 'none' where
 * the file has no such part.
 */
export const rangeOf = (header: string | undefined, size: number): ByteRange | 'none' | undefined => {
  const found = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '');
  if (!found || (found[1] === '' && found[2] === '')) return undefined;
  const [, first = '', last = ''] = found;
  if (first === '')
    return Number(last) === 0 || size === 0 ? 'none' : { start: Math.max(0, size - Number(last)), end: size - 1 };
  if (last !== '' && Number(last) < Number(first)) return undefined;
  if (Number(first) >= size) return 'none';
  return { start: Number(first), end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
};
