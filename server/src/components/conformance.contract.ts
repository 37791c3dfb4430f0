import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { ComponentDefinition } from '../engine/component.ts';
import { FatalFault } from '../engine/fault.ts';
import { limits } from '../engine/limits.ts';
import { until } from './rehearsal.ts';
import { stage, type Stage } from './stage.ts';

export interface JsonSchema {
  readonly [key: string]: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
}

export const schemaOf = (config: z.ZodType): JsonSchema => z.toJSONSchema(config, { io: 'input' }) as JsonSchema;

/** What must be given, as the first example of each such field, and nothing else. */
export const leastConfig = (config: z.ZodType): Record<string, unknown> => {
  const { properties = {}, required = [] } = schemaOf(config);
  return Object.fromEntries(required.map((name) => [name, properties[name]?.examples?.[0]]));
};

/** Payloads that nobody meant to send. */
const nasty: readonly unknown[] = [
  null,
  true,
  0,
  -0,
  1e308,
  '',
  'text',
  '\u0000\uD800',
  [],
  [[[[]]]],
  {},
  { toString: 1, valueOf: null, constructor: { prototype: null } },
  JSON.parse('{"__proto__": {"polluted": true}, "position": {"__proto__": 1}}'),
  { position: 'none', altitude: { deep: { deeper: [null, { x: undefined }] } } },
  JSON.parse(`${'['.repeat(limits.levels)}${']'.repeat(limits.levels)}`),
  { text: 'x'.repeat(200_000) },
];

/** Bytes that no input can use, and some that one or the other can: a line of JSON, and a heartbeat of MAVLink. */
const useless = [Buffer.alloc(0), Buffer.from('}{\n'), Buffer.alloc(300, 0xfd), Buffer.from([0xff, 0xfe, 0, 0x0a])];
const useful = [Buffer.from('{"a":1}\n'), Buffer.from('fe0900010100000000000603030403b121', 'hex')];

const sumOf = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);
const inTime = ({ patienceMs }: Surroundings): AbortSignal => AbortSignal.timeout(patienceMs / 2);

/** What is around a component that is tested: a folder with a file, and a WebSocket server. */
export interface Surroundings {
  readonly dataDir: string;
  readonly url: string;
  /** Who has connected. */
  readonly clients: WebSocket[];
  /** How long anything may take, in milliseconds. */
  readonly patienceMs: number;
  end(): void;
}

export const surroundings = async (patienceMs = 10_000): Promise<Surroundings> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-'));
  writeFileSync(join(dataDir, 'file'), '{"n":1}\n{"n":2}\nno json\n'.repeat(2000));
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  const clients: WebSocket[] = [];
  server.on('connection', (client) => clients.push(client));
  await new Promise((resolve) => server.once('listening', resolve));
  const end = (): void => {
    for (const client of clients) client.terminate();
    server.close();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { dataDir, url: `ws://127.0.0.1:${(server.address() as { port: number }).port}`, clients, patienceMs, end };
};

/** The least config, moved to where it harms nobody: free ports of this machine, files of this test. */
const configHere = (
  { config, type, category }: ComponentDefinition,
  { url }: Surroundings,
): Record<string, unknown> => {
  const { properties = {} } = schemaOf(config);
  const isFile = type.startsWith('file_');
  const moved: Record<string, unknown> = {
    port: 0,
    host: '127.0.0.1',
    url,
    ...(isFile ? { path: category === 'input' ? 'file' : 'written' } : {}),
  };
  return {
    ...leastConfig(config),
    ...Object.fromEntries(Object.entries(moved).filter(([key]) => key in properties)),
  };
};

const stageHere = (
  definition: ComponentDefinition,
  around: Surroundings,
  more: { readonly config?: object; readonly taken?: () => Promise<void> } = {},
): Stage =>
  stage(
    definition,
    { ...configHere(definition, around), ...more.config },
    { dataDir: around.dataDir, ...(more.taken ? { taken: more.taken } : {}) },
  );

/** Somebody takes what an output has to give, where it waits for somebody. */
const attend = async (tested: Stage): Promise<void> => {
  const { listening } = tested.facts();
  if (typeof listening !== 'number') return;
  const receiver = new WebSocket(`ws://127.0.0.1:${listening}`);
  await new Promise((resolve) => receiver.once('open', resolve));
};

/** Sends bytes wherever the component takes some in. */
const pester = async (tested: Stage, bytes: Uint8Array, { clients }: Surroundings): Promise<void> => {
  for (const client of clients) client.send(bytes);
  const { listening } = tested.facts();
  if (typeof listening !== 'number') return;
  const socket = createSocket('udp4');
  await new Promise((resolve) => socket.send(bytes, listening, '127.0.0.1', resolve));
  socket.close();
  await new Promise<void>((resolve) => {
    const line = connect(listening, '127.0.0.1', () => line.end(bytes));
    line.on('error', () => resolve());
    line.on('close', () => resolve());
    line.setTimeout(200, () => line.destroy());
  });
};

/** Takes a port for itself, for packets and for lines. Returns its number, and how to give it back. */
const occupyPort = async (): Promise<{ readonly port: number; free(): Promise<void> }> => {
  const lines = createServer();
  await new Promise<void>((resolve) => lines.listen(0, '127.0.0.1', resolve));
  const { port } = lines.address() as { port: number };
  const packets = createSocket('udp4');
  await new Promise<void>((resolve) => packets.bind(port, '127.0.0.1', resolve));
  const free = async (): Promise<void> => {
    await new Promise<void>((resolve) => packets.close(resolve));
    await new Promise((resolve) => lines.close(resolve));
  };
  return { port, free };
};

/** What a component type must do; each rejects for one that does not. */
export const rules = {
  async startsAndStopsTwice(definition: ComponentDefinition, around: Surroundings): Promise<void> {
    for (const _ of [1, 2]) {
      const tested = stageHere(definition, around);
      await tested.open();
      await tested.close(inTime(around));
      expect(tested.failures).toEqual([]);
    }
  },

  /** Where it needs something that others may have, it says so, can be closed, and opens when it is to be had. */
  async closesUnopened(definition: ComponentDefinition, around: Surroundings): Promise<void> {
    const here = configHere(definition, around);
    const { port, free } = await occupyPort();
    const obstacle = {
      ...('port' in here ? { port } : {}),
      ...('path' in here && !('port' in here) ? { path: '../outside' } : {}),
    };
    try {
      const tested = stageHere(definition, around, { config: obstacle });
      const opened = await tested.open().then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (Object.keys(obstacle).length > 0) expect(opened).toBeInstanceOf(FatalFault);
      else expect(opened).toBeUndefined();
      await tested.close(inTime(around));
    } finally {
      await free();
    }
    const again = stageHere(definition, around, 'port' in here ? { config: { port } } : {});
    await again.open();
    await again.close(inTime(around));
    expect(again.failures).toEqual([]);
  },

  async stopsWhileBusy(definition: ComponentDefinition, around: Surroundings): Promise<void> {
    const { category } = definition;
    const taken = async (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));
    const tested = stageHere(definition, around, { taken });
    await tested.open();
    const fed =
      category === 'input' ? pester(tested, Buffer.from('{"a":1}'), around) : tested.feed([{ a: 1 }, { a: 2 }]);
    const late = new Promise((_, reject) =>
      setTimeout(() => reject(new Error('it did not stop')), around.patienceMs * 0.8).unref(),
    );
    await Promise.race([tested.close(inTime(around)), late]);
    // an output that nobody takes from gives up what it was handed, and says so
    await fed.catch((thrown: Error) => expect([category, thrown.name]).toEqual(['output', 'AbortError']));
    const { in: came, out, dropped } = tested.totals();
    const handedOn = Object.values(tested.arrived).flat().length;
    if (category === 'input') expect(handedOn).toBe(came);
    if (category === 'processor') expect(handedOn).toBe(2);
    if (category === 'output') expect(out + sumOf(dropped)).toBe(2);
    expect(tested.failures).toEqual([]);
  },

  /** What cannot be used is counted, and it goes on with what can. */
  async takesWhateverComes(definition: ComponentDefinition, around: Surroundings): Promise<void> {
    const tested = stageHere(definition, around);
    await tested.open();
    const isCalling = 'url' in configHere(definition, around);
    if (isCalling) await until('it is connected', () => around.clients.length > 0, around.patienceMs);
    if (definition.category === 'input') await takesAnyBytes(tested, around);
    else await takesAnyPayload(tested, definition);
    await tested.close(inTime(around));
    expect(tested.failures).toEqual([]);
  },
};

/** Sends what no input can use, and then what one or the other can: the first is counted, the second comes through. */
const takesAnyBytes = async (tested: Stage, around: Surroundings): Promise<void> => {
  const handedOn = (): number => Object.values(tested.arrived).flat().length;
  const isFed = around.clients.length > 0 || typeof tested.facts()['listening'] === 'number';
  const before = sumOf(tested.totals().dropped);
  for (const bytes of useless) await pester(tested, bytes, around);
  if (isFed)
    await until(
      'what cannot be used is counted',
      () => sumOf(tested.totals().dropped) >= before + 2,
      around.patienceMs,
    );
  const known = handedOn();
  for (const bytes of useful) await pester(tested, bytes, around);
  await until('it goes on with what can be used', () => handedOn() > (isFed ? known : 0), around.patienceMs);
};

/** Each payload is handed on, or counted, and one more after them is handed on. */
const takesAnyPayload = async (tested: Stage, { category, ports }: ComponentDefinition): Promise<void> => {
  const [port] = Object.keys(ports).filter((name) => ports[name]!.direction === 'input');
  if (category === 'output') await attend(tested);
  await tested.feed(nasty, port);
  await tested.feed([{ a: 1 }], port);
  const { in: taken, out, dropped } = tested.totals();
  expect(taken).toBe(nasty.length + 1);
  expect(out + sumOf(dropped)).toBe(taken);
  expect(dropped['invalid']).toBeLessThan(nasty.length);
  if (category === 'processor') expect(Object.values(tested.arrived).flat()).toHaveLength(out);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
};
