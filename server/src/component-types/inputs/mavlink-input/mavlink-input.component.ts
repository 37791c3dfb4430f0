import { nearest } from '@semstreams/contract';
import { collect } from '../../../engine/collect.ts';
import { implement } from '../../../engine/component.ts';
import { FatalFault } from '../../../engine/fault.ts';
import { ownDialect } from '../../../component-kit/mavlink/dialect-settings.ts';
import type { MessageType } from '../../../component-kit/mavlink/decode.ts';
import { latestPerSecond } from './latest.ts';
import { loadTypes } from '../../../component-kit/mavlink/load-dialect.ts';
import type { Decoder, Take } from '../../../component-kit/mavlink/decoder.ts';
import { signingKey, verifier } from '../../../component-kit/mavlink/signing.ts';
import { openStation } from '../../../component-kit/mavlink/stations.ts';
import type { Source } from './source.ts';
import { sources } from './sources.ts';
import { mavlinkInputDefinition } from './mavlink-input.definition.ts';

/** Messages that may wait while the flow is busy; sources that can wait do so long before. */
const mostWaiting = 50_000;
const enough = 2000;
const mostBytesWaiting = 64 * 1024 ** 2;

/** The messages that are wanted. Throws a FatalFault for one that a dialect of one's own does not define. */
const namesIn = (
  types: ReadonlyMap<number, MessageType>,
  { messages, dialect }: { readonly messages: readonly string[]; readonly dialect: string },
): readonly string[] => {
  if (dialect !== ownDialect) return messages;
  const known = new Set([...types.values()].map(({ name }) => name));
  const unknown = messages.find((name) => !known.has(name));
  if (unknown === undefined) return messages;
  const near = nearest(unknown, known);
  throw new FatalFault(`the dialect has no message "${unknown}"${near ? `; did you mean "${near}"?` : ''}`);
};

export const mavlinkInput = implement(mavlinkInputDefinition, ({ config, io, emit }) => {
  const collection = collect({
    emit,
    io,
    limit: mostWaiting,
    limitBytes: mostBytesWaiting,
    enough,
  });
  const latest = config.latest_per_second
    ? latestPerSecond({ pass: (message) => collection.push(message), superseded: () => io.drop('superseded') })
    : undefined;
  const take: Take = (payload, time, headers) => {
    const message = io.message(payload, { time, headers });
    if (!latest) return collection.push(message);
    const { system_id, component_id, message_id } = payload as Readonly<Record<string, number>>;
    latest.take(`${headers['address']} ${system_id}:${component_id}:${message_id}`, message);
  };
  let decoder: Decoder | undefined;
  let source: Source | undefined;
  let leave = (): void => undefined;

  return {
    async open() {
      const { Decoder: Decoding } = await import('../../../component-kit/mavlink/decoder.ts');
      const types = await loadTypes(config, io.dataDir);
      decoder = new Decoding({
        types,
        messages: namesIn(types, config),
        systems: config.systems,
        verify: config.signing_key === '' ? undefined : verifier(signingKey(config.signing_key)),
        message: take,
        refused: (reason) => io.drop(reason),
      });
      source = sources[config.source]({
        config,
        io,
        decoder,
        room: () => (collection.isFull ? collection.room() : undefined),
      });
      await source.open();
      leave = openStation(io.flow, io.component, source);
    },
    async close() {
      leave();
      await source?.close();
      latest?.end();
      await collection.drained();
    },
    facts: () => ({
      frames: decoder?.totals.frames ?? 0,
      signed: decoder?.totals.signed ?? 0,
      garbage_bytes: decoder?.totals.garbageBytes ?? 0,
      ...source?.facts(),
      vehicles: decoder?.vehicles.report() ?? {},
    }),
  };
});
