import { endpointOf, type SeenBefore, type SeenConnection, seenTogether } from '@semstreams/contract';
import type { DraftConnection } from '../draft/connections.ts';

const nothing: SeenBefore = { looked_at: 0, fields: [], is_cut: false };

/**
 * What came by at the connections into a component of the draft. A connection that is new shows what came by at others that
 * begin at the same port.
 */
export const seenInto = (
  component: string,
  connections: readonly DraftConnection[],
  seen: readonly SeenConnection[],
): SeenBefore =>
  seenTogether(
    connections
      .filter(({ to }) => to.component === component)
      .map(({ from, to }) => {
        const begun = seen.filter((each) => each.from === endpointOf(from));
        return begun.find((each) => each.to === endpointOf(to)) ?? begun[0] ?? nothing;
      }),
  );

/**
 * What came by where a draft runs, with what came by where it was tried. Messages that came by themselves tell all of a
 * connection as the draft has it; those that somebody typed may lack what others have.
 */
export const withTried = (
  ran: readonly SeenConnection[],
  tried: readonly SeenConnection[],
  isOfReal: boolean,
): readonly SeenConnection[] => {
  const isOf = (one: SeenConnection) => (other: SeenConnection) => one.from === other.from && one.to === other.to;
  return [
    ...ran.filter((one) => !tried.some(isOf(one))),
    ...tried.map((one) => {
      const known = isOfReal ? undefined : ran.find(isOf(one));
      if (!known) return one;
      const both = seenTogether([one, known]);
      return { ...one, ...both, fields: [...both.fields] };
    }),
  ];
};
