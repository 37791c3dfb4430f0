import type { Facts, Io } from '../../../engine/component.ts';
import type { FrameFor } from '../../../component-kit/mavlink/frame-writer.ts';
import type { Way } from '../../../component-kit/mavlink/stations.ts';

/** Where frames go. */
export interface Destination {
  open(): Promise<void> | void;
  close(): Promise<void> | void;
  /** Hands a frame to the network, to each link its own. False where nobody takes it at present. */
  send(frameFor: FrameFor, way: Way): boolean;
  facts(): Facts;
}

export interface Given {
  readonly io: Io;
  /** Host and port of the other side. */
  readonly address: string;
  readonly listenHost: string;
  readonly listenPort: number;
  /** Inputs of the flow; all where none is named. */
  readonly inputs: readonly string[];
}

/** Peers that may be connected at a time; further ones are refused. */
export const mostPeers = 64;

/** So much may wait for a peer that does not read, in bytes, before it gets no more. */
export const mostUnsent = 1024 ** 2;

/** Host and port of an address such as `10.0.0.7:14550` or `[::1]:14550`; undefined where it is none. */
export const placeOf = (address: string): { readonly host: string; readonly port: number } | undefined => {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^\s:/]+)):(\d{1,5})$/.exec(address) ?? [];
  const [host, port] = [bracketed ?? plain, Number(digits)];
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
};
