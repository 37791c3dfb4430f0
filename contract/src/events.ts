import { z } from 'zod';
import type { Happening } from './happening.ts';
import type { Link } from './link.ts';
import type { FlowOverview, FlowStatus } from './status.ts';

/** Path of socket.io on the server's one port. */
export const livePath = '/live';

/** A flow file or a stored definition that could not be used, and why. */
export const Trouble = z.strictObject({ source: z.string(), sentence: z.string() }).meta({ id: 'Trouble' });
export type Trouble = z.infer<typeof Trouble>;

/** A draft was written by somebody. */
export const DraftChange = z
  .strictObject({
    flow: z.string(),
    revision: z.int().meta({ description: 'What it is at now; 0 when the flow was deleted.' }),
  })
  .meta({ id: 'DraftChange' });
export type DraftChange = z.infer<typeof DraftChange>;

/** What the server tells: at most twice a second each, and only to who asked by `watch`. */
export interface ServerEvents {
  /** All flows, on connecting and then twice a second, changed or not: it is the sign of life of the line. */
  overview: (flows: readonly FlowOverview[]) => void;
  /** One watched flow. */
  status: (status: FlowStatus) => void;
  /** The links of all flows, to who asked by `watchLinks`. */
  links: (links: readonly Link[]) => void;
  draft: (change: DraftChange) => void;
  /** Something happened, or happened again. */
  happened: (happening: Happening) => void;
  /** Definitions that could not be used, such as broken files of the flows folder. */
  troubles: (troubles: readonly Trouble[]) => void;
}

/** What the ui asks for. Nothing is remembered over a reconnect: ask again. */
export interface ClientEvents {
  watch: (flow: string) => void;
  unwatch: (flow: string) => void;
  watchLinks: () => void;
  unwatchLinks: () => void;
}
