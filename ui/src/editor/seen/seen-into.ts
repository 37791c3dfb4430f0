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
