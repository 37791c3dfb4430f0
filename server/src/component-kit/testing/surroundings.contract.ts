import { createSocket } from 'node:dgram';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createWebServer } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { BlockLog } from '../../engine/block-log.ts';
import type { ComponentDefinition } from '../../engine/component.ts';
import type { TrialGround } from '../../engine/trial.ts';
import { until } from './rehearsal.ts';
import { type ScriptedBroker, startScriptedBroker } from './scripted-broker.ts';
import { msg, type ScriptedNats, startScriptedNats } from './scripted-nats.ts';
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

/** What must be given, as the first example of each such field, and nothing else: of several that will do, the one that is asked for. */
export const leastConfig = (config: z.ZodType): Record<string, unknown> => {
  const { properties = {}, required = [] } = schemaOf(config);
  const exampleOf = (name: string): [string, unknown] => [name, properties[name]?.examples?.[0]];
  const least = Object.fromEntries(required.map(exampleOf));
  const asked = (config.safeParse(least).error?.issues ?? []).map(({ path }) => String(path[0]));
  return { ...least, ...Object.fromEntries(asked.map(exampleOf)) };
};

/** What is around a component that is tested: a folder with a file, and servers of several kinds. */
export interface Surroundings {
  readonly dataDir: string;
  readonly ground: TrialGround;
  /** Who has connected. */
  readonly clients: WebSocket[];
  readonly broker: ScriptedBroker;
  readonly nats: ScriptedNats;
  /** How long anything may take, in milliseconds. */
  readonly patienceMs: number;
  end(): void;
}

export const surroundings = async (patienceMs = 10_000): Promise<Surroundings> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-'));
  mkdirSync(join(dataDir, 'folder'));
  writeFileSync(join(dataDir, 'file'), '{"n":1}\n{"n":2}\nno json\n'.repeat(2000));
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  const clients: WebSocket[] = [];
  server.on('connection', (client) => clients.push(client));
  await new Promise((resolve) => server.once('listening', resolve));
  const web = createWebServer((request, response) => {
    request.resume().once('end', () => response.end('[{"n":1},{"n":2}]'));
  });
  const sink = createServer((socket) => socket.on('error', () => undefined).resume());
  const others = await Promise.all([web, sink].map(listening));
  const [broker, nats] = await Promise.all([startScriptedBroker(), startScriptedNats()]);
  const end = (): void => {
    void broker.end();
    void nats.end();
    for (const { close } of others) close();
    for (const client of clients) client.terminate();
    server.close();
    rmSync(dataDir, { recursive: true, force: true });
  };
  const websocket = `ws://127.0.0.1:${(server.address() as { port: number }).port}`;
  const http = `http://127.0.0.1:${others[0]!.port}/`;
  const ground = {
    ...{ port: 0, file: 'file', newFile: 'written', websocket, http, sink: others[1]!.port },
    broker: broker.url,
    nats: nats.url,
  };
  return { dataDir, ground, clients, broker, nats, patienceMs, end };
};

/** Listens on the loopback; `close` ends whoever is connected, too. */
const listening = async (server: Server): Promise<{ readonly port: number; close(): void }> => {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: (server.address() as { port: number }).port, close };
};

/** The least config, moved to where it harms nobody: free ports of this machine, files of this test. */
export const configOn = ({ config, trial }: ComponentDefinition, ground: TrialGround): Record<string, unknown> => {
  const { properties = {} } = schemaOf(config);
  const guessed = Object.entries({ port: ground.port, host: '127.0.0.1' }).filter(([key]) => key in properties);
  return { ...leastConfig(config), ...(trial?.config?.(ground) ?? Object.fromEntries(guessed)) };
};

/** Whether a type makes use of something on the ground. */
export const stands = (definition: ComponentDefinition, on: keyof TrialGround, { ground }: Surroundings): boolean => {
  const elsewhere = { ...ground, [on]: on === 'port' ? 1 : 'elsewhere' };
  return JSON.stringify(configOn(definition, elsewhere)) !== JSON.stringify(configOn(definition, ground));
};

export const stageHere = (
  definition: ComponentDefinition,
  around: Surroundings,
  more: {
    readonly ground?: Partial<TrialGround>;
    readonly taken?: () => Promise<void>;
    readonly state?: BlockLog;
    readonly now?: () => number;
  } = {},
): Stage =>
  stage(definition, configOn(definition, { ...around.ground, ...more.ground }), {
    dataDir: around.dataDir,
    ...(more.taken ? { taken: more.taken } : {}),
    ...(more.state ? { state: more.state } : {}),
    ...(more.now ? { now: more.now } : {}),
  });

/** Somebody takes what an output has to give, where it waits for somebody. */
export const attend = async (tested: Stage, { trial }: ComponentDefinition, around: Surroundings): Promise<void> => {
  const { listening } = tested.facts();
  if (typeof listening !== 'number') return;
  const [receiver, met] =
    trial?.takenBy === 'websocket'
      ? ([new WebSocket(`ws://127.0.0.1:${listening}`), 'open'] as const)
      : ([connect(listening, '127.0.0.1').resume(), 'connect'] as const);
  let isMet = false;
  receiver.once(met, () => (isMet = true));
  receiver.on('error', () => undefined);
  await until('somebody is there to take it', () => isMet, around.patienceMs);
};

/** Sends bytes wherever the component takes some in. */
export const pester = async (
  tested: Stage,
  bytes: Uint8Array,
  { clients, broker, nats }: Surroundings,
): Promise<void> => {
  for (const client of clients) client.send(bytes);
  broker.publish('a', bytes);
  nats.say(msg('a', bytes));
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
export const occupyPort = async (): Promise<{ readonly port: number; free(): Promise<void> }> => {
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
