import { recordingSource } from './recording-source.ts';
import type { Given, Source } from './source.ts';
import { tcpConnectSource, tcpListenSource } from './tcp-sources.ts';
import { udpSource } from './udp-source.ts';

/** By the setting "source". */
export const sources = {
  udp: udpSource,
  tcp_listen: tcpListenSource,
  tcp_connect: tcpConnectSource,
  tlog: recordingSource,
} as const satisfies Readonly<Record<string, (given: Given) => Source>>;
