import type { Flow, Tapped } from '@semstreams/contract';
import type { Facts } from '../engine/component.ts';
import type { LaneNatsSettings } from '../nats/lane-nats.ts';

/** Number of one start of one flow in one lane; never used twice. */
export type RunId = number;

/** Number of one look at one connection; never used twice. */
export type TapId = number;

/** What a lane is given when its thread starts. */
export interface LaneSetup {
  /** See `pulse` below. */
  readonly pulse: SharedArrayBuffer;
  readonly dataDir: string;
  readonly secretsDir: string;
  /** Files of component types that do not come with the product, by type. */
  readonly ownComponents: Readonly<Record<string, string>>;
  readonly nats: LaneNatsSettings;
}

export type ToLane =
  | { readonly kind: 'start'; readonly run: RunId; readonly flow: Flow; readonly counters: ArrayBufferLike }
  /** `next` is what the flow will be in this lane right afterwards; none where it ends, or goes to another lane. */
  | { readonly kind: 'stop'; readonly run: RunId; readonly withinMs: number; readonly next?: Flow | undefined }
  | {
      readonly kind: 'inject';
      readonly run: RunId;
      readonly request: number;
      readonly component: string;
      readonly port: string | undefined;
      /** Payloads as JSON. */
      readonly texts: readonly string[];
    }
  /** Nobody waits for the answer to this request any longer: it is due now, whatever became of it. */
  | { readonly kind: 'withdraw'; readonly run: RunId; readonly request: number }
  | { readonly kind: 'tap'; readonly run: RunId; readonly tap: TapId; readonly connection: number }
  | { readonly kind: 'untap'; readonly run: RunId; readonly tap: TapId };

export type FromLane =
  /** The thread is up. `thread` is its id at the operating system, where that can be known. */
  | { readonly kind: 'ready'; readonly thread: number | undefined }
  | { readonly kind: 'running'; readonly run: RunId }
  | { readonly kind: 'failed'; readonly run: RunId; readonly component: string | undefined; readonly sentence: string }
  | { readonly kind: 'stopped'; readonly run: RunId; readonly problem: string | undefined }
  | {
      readonly kind: 'report';
      readonly run: RunId;
      readonly component: string;
      readonly state: 'running' | 'waiting';
      readonly sentence: string;
    }
  | {
      readonly kind: 'invalid';
      readonly run: RunId;
      readonly component: string;
      readonly sentence: string;
      readonly count: number;
    }
  | { readonly kind: 'facts'; readonly run: RunId; readonly facts: Readonly<Record<string, Facts>> }
  | { readonly kind: 'injected'; readonly request: number; readonly problem: string | undefined }
  | { readonly kind: 'tapped'; readonly tap: TapId; readonly tapped: Tapped };

/** The lane's pulse in shared memory, readable when the thread itself no longer answers. Int32 values at these indexes. */
export const pulse = { beats: 0, run: 1, component: 2, length: 3 } as const;

/** Values of `pulse.component` beside the index of a component: nothing is at work, or the run is just being opened. */
export const idle = -1;
export const opening = -2;

/** How often a lane that is alive counts its pulse up, in milliseconds. */
export const beatMs = 100;
