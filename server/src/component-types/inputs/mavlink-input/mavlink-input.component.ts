import { nearest } from '@semstreams/contract';
import { implement } from '../../../engine/component.ts';
import { FatalFault } from '../../../engine/fault.ts';
import { ownDialect } from '../../../component-kit/mavlink/dialect-settings.ts';
import type { MessageType } from '../../../component-kit/mavlink/decode.ts';
import type { GroundStation } from './ground-station.ts';
import { latestPerSecond } from './latest.ts';
import { openGroundStation } from './open-ground-station.ts';
import { StatusTexts } from './status-text.ts';
import { tellings } from './tellings.ts';
import { loadTypes } from '../../../component-kit/mavlink/load-dialect.ts';
import type { Decoder, Take } from '../../../component-kit/mavlink/decoder.ts';
import { signingKey, verifier } from '../../../component-kit/mavlink/signing.ts';
import { collectPatiently } from '../../../component-kit/sockets/collect-patiently.ts';
import { openStation } from '../../../component-kit/mavlink/stations.ts';
import type { Source } from './source.ts';
import { sources } from './sources.ts';
import { mavlinkInputDefinition } from './mavlink-input.definition.ts';

/** The message that has texts for people, perhaps in parts. */
const statusText = 253;
/** How often it is looked which vehicles are quiet, in milliseconds. */
const lookMs = 1000;

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
  const collection = collectPatiently({ emit, io });
  const latest = config.latest_per_second
    ? latestPerSecond({ pass: (message) => collection.push(message), superseded: () => io.drop('superseded') })
    : undefined;
  const pass: Take = (payload, time, headers) => {
    const message = io.message(payload, { time, headers });
    if (!latest) return collection.push(message);
    const { system_id, component_id, message_id } = payload as Readonly<Record<string, number>>;
    latest.take(`${headers['address']} ${system_id}:${component_id}:${message_id}`, message);
  };
  const texts = config.join_texts ? new StatusTexts(pass) : undefined;
  const take: Take = texts
    ? (payload, time, headers) => {
        const isPart = payload['message_id'] === statusText && texts.take(payload, time, headers);
        if (!isPart) pass(payload, time, headers);
      }
    : pass;
  const told = tellings(io.report);
  let decoder: Decoder | undefined;
  let station: GroundStation | undefined;
  let looking: NodeJS.Timeout | undefined;
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
        heard: config.ground_station ? (frame, line) => station?.heard(frame, line) : undefined,
        refused: (reason) => io.drop(reason),
      });
      const { vehicles } = decoder;
      source = sources[config.source]({
        config,
        io,
        report: told.source,
        decoder,
        room: () => (collection.isFull ? collection.room() : undefined),
        whenSafe: collection.whenSafe,
      });
      await source.open();
      if (source.link === '') return;
      leave = openStation(io.flow, io.component, source);
      if (config.ground_station) {
        const tell = (sentence: string): void => told.source('running', sentence);
        station = await openGroundStation({ config, io, source, decoder, told: tell });
        station.begin();
      }
      const look = (): void => told.quiet(vehicles.quietSince(io.now() - config.quiet_after), io.now());
      if (config.quiet_after > 0) looking = setInterval(look, lookMs);
    },
    async close() {
      leave();
      clearInterval(looking);
      station?.end();
      await source?.close();
      texts?.end();
      latest?.end();
      await collection.drained();
      await source?.settled?.();
    },
    facts: () => ({
      frames: decoder?.totals.frames ?? 0,
      signed: decoder?.totals.signed ?? 0,
      garbage_bytes: decoder?.totals.garbageBytes ?? 0,
      ...source?.facts(),
      ...station?.facts(),
      vehicles: decoder?.vehicles.report() ?? {},
    }),
  };
});
