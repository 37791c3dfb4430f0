/** What somebody has written. */
export interface Claim {
  readonly whose: string;
  readonly size: number;
}

/**
 * Which of the claims, the oldest first, find room: all have the same share, and what some leave others may use. Of each the
 * newest stay. So who claims much pushes out claims of nobody else who claims less.
 */
export const fairShare = (claims: readonly Claim[], room: number): boolean[] => {
  const used = new Map<string, number>();
  const order = claims
    .map(({ whose, size }, index) => ({ whose, size, index }))
    .reverse()
    .map(({ whose, size, index }) => {
      const upTo = (used.get(whose) ?? 0) + size;
      used.set(whose, upTo);
      return { index, size, upTo };
    })
    .sort((one, other) => one.upTo - other.upTo);
  const stays = claims.map(() => false);
  let left = room;
  for (const { index, size } of order) {
    if (size > left) break;
    left -= size;
    stays[index] = true;
  }
  return stays;
};
