/**
 * How many of `most` connections may come from one address: an eighth is kept for all others, so that one of them cannot
 * lock everybody out. Where there are few, one may have all.
 */
export const shareOfOne = (most: number): number => most - Math.floor(most / 8);

/** Counts connections by the address that they come from. */
export class ByAddress {
  private readonly counts = new Map<string, number>();

  of(address: string | undefined): number {
    return this.counts.get(networkOf(address)) ?? 0;
  }

  /** One more of this address, until the call of what it returns. */
  enter(address: string | undefined): () => void {
    const network = networkOf(address);
    this.counts.set(network, (this.counts.get(network) ?? 0) + 1);
    let isHere = true;
    return () => {
      if (!isHere) return;
      isHere = false;
      const left = this.counts.get(network)! - 1;
      if (left === 0) this.counts.delete(network);
      else this.counts.set(network, left);
    };
  }
}

/**
 * What one machine cannot change at will: an address of IPv4, however it is written, and of IPv6 the first half, since a
 * machine has all of the other. On the link itself (`fe80::`) the second half tells machines apart.
 */
export const networkOf = (address: string | undefined): string => {
  const [plain = ''] = (address ?? '').toLowerCase().split('%');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain)?.[1];
  if (mapped !== undefined) return mapped;
  if (!plain.includes(':') || /^fe[89ab]/.test(plain)) return plain;
  const [front = '', back] = plain.split('::');
  const first = front === '' ? [] : front.split(':');
  const last = back === undefined || back === '' ? [] : back.split(':');
  const gap = back === undefined ? 0 : 8 - first.length - last.length;
  const parts = [...first, ...Array.from({ length: gap }, () => '0'), ...last];
  return `${parts.slice(0, 4).join(':')}::`;
};
