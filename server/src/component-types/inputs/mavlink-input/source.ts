import type { Facts, Io } from '../../../engine/component.ts';
import type { Decoder } from '../../../component-kit/mavlink/decoder.ts';
import type { Station } from '../../../component-kit/mavlink/stations.ts';

/** Where bytes come from. */
export interface Source extends Station {
  open(): Promise<void> | void;
  close(): Promise<void>;
  /** Called after `close`, when all that came is handed on. */
  settled?(): Promise<void>;
  facts(): Facts;
  /** Speaks to an address that was not heard yet; only UDP can. */
  speakTo?(frame: Uint8Array, host: string, port: number): void;
}

export interface Given {
  readonly config: {
    readonly host: string;
    readonly port: number;
    readonly path: string;
    readonly speed: number;
    readonly loop: boolean;
    readonly remember: boolean;
    readonly receive_buffer: number;
  };
  readonly io: Io;
  /** Tells people what it waits for, or that it goes on. */
  readonly report: Io['report'];
  readonly decoder: Decoder;
  /** A promise to wait for before more is taken in; undefined where there is room. */
  readonly room: () => Promise<void> | undefined;
  /** Calls back when all that came up to now is safe. */
  readonly whenSafe: (done: () => void) => void;
}

/** Senders whose cut frames are remembered; the oldest makes room. */
export const mostSenders = 256;

/** So much may wait for a peer that does not read, in bytes, before nothing more is sent to it. */
export const mostUnsent = 256 * 1024;
