import { implement } from '../../../engine/component.ts';
import { Decoder } from '../../../component-kit/nmea/decoder.ts';
import { collectPatiently } from '../../../component-kit/sockets/collect-patiently.ts';
import { senderHeaders } from '../../../component-kit/sockets/sender-headers.ts';
import { nmeaInputDefinition } from './nmea-input.definition.ts';
import { recordingSource } from './recording-source.ts';
import type { Given, Source } from './source.ts';
import { tcpConnectSource, tcpListenSource } from './tcp-sources.ts';
import { udpSource } from './udp-source.ts';

const sources = {
  udp: udpSource,
  tcp_connect: tcpConnectSource,
  tcp_listen: tcpListenSource,
  file: recordingSource,
} as const satisfies Readonly<Record<string, (given: Given) => Source>>;

export const nmeaInput = implement(nmeaInputDefinition, ({ config, io, emit }) => {
  const collection = collectPatiently({ emit, io });
  const headersOf = senderHeaders();
  const ofRecording = Object.freeze({ path: config.path });
  const decoder = new Decoder({
    sentences: config.sentences,
    needsChecksum: config.checksum === 'required',
    refused: (reason) => io.drop(reason),
    invalid: (sentence, line) => io.invalid(sentence, line),
  });

  const source: Source = sources[config.source]({
    config,
    io,
    decoder,
    takeFrom: (address) => (payload) => collection.push(io.message(payload, { headers: headersOf(address) })),
    hand: (payload, time) =>
      collection.push(io.message(payload, { headers: ofRecording, ...(time !== undefined && { time }) })),
    room: () => (collection.isFull ? collection.room() : undefined),
  });

  return {
    open: () => source.open(),
    async close() {
      await source.close();
      await collection.drained();
    },
    facts: () => ({ ...decoder.totals, ...source.facts() }),
  };
});
