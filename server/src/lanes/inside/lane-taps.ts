import type { Tapped } from '@semstreams/contract';
import type { RunningFlow } from '../../engine/run-flow.ts';
import type { FromLane, RunId, TapId } from '../agreed/lane-protocol.ts';
import { sampler } from './sampler.ts';

/** How often a tap tells, in milliseconds. */
const tellMs = 250;
/** How many messages it shows each time: twenty a second. */
const mostShown = 5;

/** The taps of a lane. Nothing of them is in the way of a message while nobody looks. */
export const laneTaps = (say: (message: FromLane) => void) => {
  const open = new Map<TapId, { readonly run: RunId; readonly close: () => void }>();
  return {
    open(
      { run, tap, connection }: { readonly run: RunId; readonly tap: TapId; readonly connection: number },
      given: { readonly flow: RunningFlow; readonly secrets: readonly string[] },
    ): void {
      const { look, take } = sampler(mostShown, given.secrets);
      const forget = given.flow.watch(connection, (batch) => {
        try {
          look(batch);
        } catch {
          // what cannot be shown goes on all the same
        }
      });
      const tell = (tapped: Tapped): void => {
        if (tapped.seen > 0) say({ kind: 'tapped', tap, tapped });
      };
      const telling = setInterval(() => tell(take()), tellMs);
      const close = (): void => {
        clearInterval(telling);
        forget();
      };
      open.set(tap, { run, close });
    },
    close(tap: TapId): void {
      open.get(tap)?.close();
      open.delete(tap);
    },
    closeAll(run: RunId): void {
      for (const [tap, { run: tapped }] of open) if (tapped === run) this.close(tap);
    },
  };
};
