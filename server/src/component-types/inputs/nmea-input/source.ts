import type { Facts, Io } from '../../../engine/component.ts';
import type { Decoder, Take } from '../../../component-kit/nmea/decoder.ts';
import type { NmeaInputConfig } from './nmea-input.definition.ts';

/** Where bytes come from. */
export interface Source {
  open(): Promise<void> | void;
  close(): Promise<void>;
  facts(): Facts;
}

export interface Given {
  readonly config: NmeaInputConfig;
  readonly io: Io;
  readonly decoder: Decoder;
  /** Hands on what one sender says, with its address. */
  readonly takeFrom: (address: string) => Take;
  /** Hands a message on, of a recording: `timeMs` is when it was recorded, where that is known. */
  readonly hand: (payload: unknown, timeMs: number | undefined) => void;
  /** A promise to wait for before more is taken in; undefined where there is room. */
  readonly room: () => Promise<void> | undefined;
}
