import type { Flow, SeenField, Tapped, TappedMessage } from '@semstreams/contract';
import type { Facts } from '../../engine/component.ts';
import type { Totals } from '../../engine/counters.ts';
import type { Hand } from '../../engine/hand-on.ts';
import type { LaneNatsSettings } from '../../nats/lane-nats.ts';
import type { RoomAnswer } from '../../nats/storage/room-share.ts';
import type { Reach } from '../../reach/reach.ts';
import type { RoomAsked } from '../../nats/storage/store-room.ts';

/** Number of one start of one flow in one lane; never used twice by one server. */
export type RunId = number;

/** Number of one look at one connection; never used twice. */
export type TapId = number;

/** What a lane is given when its process starts. */
export interface LaneSetup {
  /** Its name among the lanes of this server, and of its notes on disk. */
  readonly name: string;
  readonly dataDir: string;
  /** Percent of the disk of that folder that flows may fill. */
  readonly diskStopAt: number;
  readonly secretsDir: string;
  readonly reach: Reach;
  /** Files of component types that do not come with the product, by type. */
  readonly ownComponents: Readonly<Record<string, string>>;
  readonly nats: LaneNatsSettings;
  readonly isDiskFull: boolean;
}

/** What a lane needs to know to run a flow. */
export interface RunOrder {
  readonly run: RunId;
  readonly flow: Flow;
  /** What was counted before. */
  readonly totals: Totals;
  /** What guaranteed connections had in hand when they ended badly, by the connection's title. */
  readonly hands: Readonly<Record<string, Hand>>;
  /** Whether it ended badly before, so that it is noted exactly what it is at. */
  readonly isCareful: boolean;
}

/** What came by in a run: by connection, and the last messages of the one that was asked for. */
export interface Looked {
  readonly connections: readonly {
    readonly lookedAt: number;
    readonly isCut: boolean;
    readonly fields: readonly SeenField[];
  }[];
  readonly messages: readonly TappedMessage[];
}

export type ToLane =
  /** The first message. */
  | { readonly kind: 'setup'; readonly setup: LaneSetup }
  | ({ readonly kind: 'start' } & RunOrder)
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
  | { readonly kind: 'untap'; readonly run: RunId; readonly tap: TapId }
  /** What came by at the connections of this run? Of one alone, its last messages too. */
  | { readonly kind: 'look'; readonly run: RunId; readonly request: number; readonly connection: number | undefined }
  /** There is room on the disk again, or no more. */
  | { readonly kind: 'disk'; readonly isFull: boolean }
  /** How far the lane may write to buffers. */
  | ({ readonly kind: 'room' } & RoomAnswer)
  /** A question in the inspector's protocol. */
  | { readonly kind: 'ask'; readonly request: number; readonly method: string; readonly params: object };

/** What a lane tells about one run. */
export type FromRun =
  /** The drop reasons of each component, and with them the order of the values in `counted`. */
  | { readonly kind: 'layout'; readonly run: RunId; readonly reasons: readonly (readonly string[])[] }
  | { readonly kind: 'counted'; readonly run: RunId; readonly values: Float64Array }
  | { readonly kind: 'running'; readonly run: RunId }
  | {
      readonly kind: 'failed';
      readonly run: RunId;
      readonly component: string | undefined;
      readonly sentence: string;
      /** Something was thrown that nobody caught: alone in its lane it would have ended the lane. */
      readonly isUncaught?: true;
    }
  | { readonly kind: 'stopped'; readonly run: RunId; readonly problem: string | undefined }
  | {
      readonly kind: 'report';
      readonly run: RunId;
      readonly component: string;
      readonly state: 'running' | 'waiting';
      readonly sentence: string;
    }
  /** A component has a line for the log. */
  | {
      readonly kind: 'logged';
      readonly run: RunId;
      readonly component: string;
      readonly level: 'info' | 'warn';
      readonly sentence: string;
    }
  /** A component has not answered for so many milliseconds; undefined when it does again. */
  | { readonly kind: 'silent'; readonly run: RunId; readonly component: string; readonly forMs: number | undefined }
  | {
      readonly kind: 'invalid';
      readonly run: RunId;
      readonly component: string;
      readonly sentence: string;
      readonly count: number;
    }
  /** Something happened to what it keeps, and is over. */
  | { readonly kind: 'noted'; readonly run: RunId; readonly sentence: string }
  | { readonly kind: 'facts'; readonly run: RunId; readonly facts: Readonly<Record<string, Facts>> };

export type FromLane =
  /** The process is up and takes flows. */
  | { readonly kind: 'ready' }
  /** It is alive: at this time of the machine's monotonic clock, in milliseconds, all counters were told that had changed. */
  | { readonly kind: 'beat'; readonly at: number }
  /** Something was thrown that nobody caught and that belongs to no one flow: the lane ends by itself. */
  | { readonly kind: 'crashed'; readonly sentence: string }
  /** It needs more room for buffers, or gives some back. */
  | ({ readonly kind: 'room' } & RoomAsked)
  | { readonly kind: 'injected'; readonly request: number; readonly problem: string | undefined }
  | { readonly kind: 'tapped'; readonly tap: TapId; readonly tapped: Tapped }
  | { readonly kind: 'looked'; readonly request: number; readonly seen: Looked }
  | { readonly kind: 'answered'; readonly request: number; readonly answer?: unknown; readonly problem?: string }
  | FromRun;

/** Where a run is, beside at a component, which is told by its index. */
export const place = {
  /** Nothing is at work. */
  idle: -1,
  /** Component types are being loaded and made. */
  opening: -2,
  /** Somewhere in the flow: it is not noted exactly. */
  somewhere: -3,
} as const;

/** How often a lane that is alive says so, in milliseconds. */
export const beatMs = 250;
