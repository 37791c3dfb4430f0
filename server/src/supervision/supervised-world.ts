import type { Flow, TypesById, Version } from '@semstreams/contract';
import type { DropReasons } from '../engine/counters.ts';
import type { Plan } from '../engine/plan.ts';
import type { Lanes } from '../lanes/lanes.ts';
import type { UncleanEnds } from '../lanes/unclean-ends.ts';
import type { Happened } from './observed/happened.ts';
import type { WaitingCounts } from './observed/waiting-count.ts';

/** The world as a supervised flow sees it. */
export interface SupervisedWorld {
  readonly lanes: Lanes;
  readonly types: () => TypesById;
  readonly dropReasons: DropReasons;
  /** JSON Schema of the settings of a type; undefined where there is none of that name. */
  readonly schemaOf: (type: string) => unknown;
  /** What a failure of a run is about, in the words of who knows all flows, such as which of them has a port. */
  readonly inKnownWords: (flow: string, component: string | undefined, sentence: string) => string;
  readonly version: (flow: string, version: number) => Promise<Version>;
  /** Throws away the buffers of connections that the flow no longer has. */
  readonly tidyBuffers: (flow: Flow) => Promise<void>;
  /** What waits in the buffers of a flow. */
  readonly countWaiting: (plan: Plan) => Promise<WaitingCounts>;
  /** How many dead letters a flow has. */
  readonly countDeadLetters: (flow: string) => Promise<number>;
  readonly dataDir: string;
  readonly unclean: UncleanEnds;
  /** A flow that has ended badly so often in a row stays stopped. */
  readonly mostUncleanEnds: number;
  readonly shutdownMs: number;
  /** Says what happened to what a flow keeps. */
  readonly note: (flow: string, sentence: string) => void;
  readonly log: (sentence: string, fields: Readonly<Record<string, unknown>>) => void;
  readonly warn: (sentence: string, fields: Readonly<Record<string, unknown>>) => void;
  /** Tells those who take notes of what happens. */
  readonly happened: (happened: Happened) => void;
}
