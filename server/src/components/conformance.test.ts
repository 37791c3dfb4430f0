import { createSocket } from 'node:dgram';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ComponentType } from '@semstreams/contract';
import * as lucide from 'lucide-react';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { describe as describeType } from '../engine/component.ts';
import { loadAllDefinitions } from './load-definition.ts';
import { until } from './rehearsal.ts';
import { stage, type Stage } from './stage.ts';

/** Every component type that comes with the product is held to all of this; a new one needs nothing here. */
const definitions = await loadAllDefinitions();
const files = Object.keys(import.meta.glob(['./*/*.ts', './*/*.tsx']));

interface JsonSchema {
  readonly [key: string]: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
}

/** Every property in a JSON schema, however deep, with its place. */
const propertiesOf = (schema: unknown, place: string): { place: string; property: JsonSchema }[] => {
  if (typeof schema !== 'object' || schema === null) return [];
  if (Array.isArray(schema)) return schema.flatMap((inner, index) => propertiesOf(inner, `${place}[${index}]`));
  const { properties = {}, examples: _, default: __, ...rest } = schema as JsonSchema;
  return [
    ...Object.entries(properties).flatMap(([name, property]) => [
      { place: `${place}.${name}`, property },
      ...propertiesOf(property, `${place}.${name}`),
    ]),
    ...Object.entries(rest).flatMap(([key, inner]) => propertiesOf(inner, `${place}/${key}`)),
  ];
};

const schemaOf = (config: z.ZodType): JsonSchema => z.toJSONSchema(config, { io: 'input' }) as JsonSchema;

/** What must be given, as the first example of each such field, and nothing else. */
const leastConfig = (config: z.ZodType): Record<string, unknown> => {
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
  JSON.parse(`${'['.repeat(2000)}${']'.repeat(2000)}`),
  { text: 'x'.repeat(200_000) },
];

describe.each(definitions)('the component type $type', (definition) => {
  const { type, config, category, ports, examples } = definition;
  const folder = type.replaceAll('_', '-');
  const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-'));
  let server: WebSocketServer;
  let clients: WebSocket[] = [];

  beforeAll(async () => {
    writeFileSync(join(dataDir, 'file'), '{"n":1}\n{"n":2}\nno json\n'.repeat(2000));
    server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', (client) => clients.push(client));
    await new Promise((resolve) => server.once('listening', resolve));
  });
  afterAll(() => {
    for (const client of clients) client.terminate();
    clients = [];
    server.close();
  });

  /** The least config, moved to where it harms nobody: free ports of this machine, files of this test. */
  const here = (): Record<string, unknown> => {
    const { properties = {} } = schemaOf(config);
    const listening = server.address() as { port: number };
    const isFile = type.startsWith('file_');
    const moved: Record<string, unknown> = {
      port: 0,
      host: '127.0.0.1',
      url: `ws://127.0.0.1:${listening.port}`,
      ...(isFile ? { path: category === 'input' ? 'file' : 'written' } : {}),
    };
    return {
      ...leastConfig(config),
      ...Object.fromEntries(Object.entries(moved).filter(([key]) => key in properties)),
    };
  };

  /** Somebody takes what an output has to give, where it waits for somebody. */
  const attend = async (tested: Stage): Promise<void> => {
    const { listening } = tested.facts();
    if (typeof listening !== 'number') return;
    const receiver = new WebSocket(`ws://127.0.0.1:${listening}`);
    await new Promise((resolve) => receiver.once('open', resolve));
  };

  /** Sends bytes wherever the component takes some in. */
  const pester = async (tested: Stage, bytes: Uint8Array): Promise<void> => {
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

  it('lies in a folder of its name, with the files that belong there', () => {
    expect(type).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
    const own = files.filter((file) => file.startsWith(`./${folder}/`));
    expect(own).toEqual(
      expect.arrayContaining([`./${folder}/${folder}.component.ts`, `./${folder}/${folder}.module.ts`]),
    );
  });

  it('is described for people who have never heard of it', () => {
    const described = ComponentType.parse(describeType(definition));
    expect(described.title).toMatch(/^[A-Z].*[^.]$/);
    expect(described.summary).toMatch(/^[A-Z].{10,}\.$/);
    expect(described.keywords.length).toBeGreaterThanOrEqual(3);
    expect(described.keywords).toEqual([...new Set(described.keywords.map((word) => word.toLowerCase()))]);
    const icon = described.icon.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase());
    expect(Object.keys(lucide)).toContain(icon);
    for (const [reason, sentence] of Object.entries(described.drops)) {
      expect(reason).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(sentence).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('has the ports of its category', () => {
    const directions = Object.values(ports).map(({ direction }) => direction);
    expect(directions.includes('input')).toBe(category !== 'input');
    expect(directions.includes('output')).toBe(category !== 'output');
  });

  it('has a title and a sentence for every setting', () => {
    for (const { place, property } of propertiesOf(schemaOf(config), type)) {
      expect(property.title, `title of ${place}`).toMatch(/^[A-Z].*[^.]$/);
      expect(property.description, `description of ${place}`).toMatch(/^\S.{2,}$/);
    }
  });

  it('works with its defaults, and with the example of what must be given', () => {
    expect(config.safeParse(leastConfig(config)).error?.issues).toBeUndefined();
  });

  it('refuses settings that it does not know', () => {
    const parsed = config.safeParse({ ...leastConfig(config), no_such_setting: 1 });
    expect(parsed.error?.issues.map(({ code }) => code)).toEqual(['unrecognized_keys']);
  });

  it('has examples, with what goes in and comes out where it is a processor', () => {
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      expect(example.title).toMatch(/^[A-Z].*[^.]$/);
      expect(config.safeParse(example.config).error?.issues, example.title).toBeUndefined();
      if (category === 'processor') expect(example, example.title).toMatchObject({ given: {}, expect: {} });
    }
  });

  it.each(examples.filter((example) => example.given && example.expect))(
    'does what its example “$title” says',
    async (example) => {
      const tested = stage(definition, example.config, { dataDir });
      await tested.open();
      for (const [port, payloads] of Object.entries(example.given!)) await tested.feed(payloads, port);
      await tested.close(AbortSignal.timeout(5000));
      const nothing = Object.fromEntries(Object.keys(tested.arrived).map((port) => [port, []]));
      expect(tested.arrived).toEqual({ ...nothing, ...example.expect });
      expect(tested.failures).toEqual([]);
    },
  );

  it('starts and stops, twice', async () => {
    for (const _ of [1, 2]) {
      const tested = stage(definition, here(), { dataDir });
      await tested.open();
      await tested.close(AbortSignal.timeout(5000));
      expect(tested.failures).toEqual([]);
    }
  });

  it('can be closed although it could not be opened', async () => {
    const tested = stage(definition, { ...here(), ...('path' in here() ? { path: '../outside' } : {}) }, { dataDir });
    await tested.open().catch(() => undefined);
    await tested.close(AbortSignal.timeout(5000));
  });

  it('stops within its time while it is busy, and hands on what it has', async () => {
    const tested = stage(definition, here(), {
      dataDir,
      taken: async () => new Promise((resolve) => setTimeout(resolve, 50)),
    });
    await tested.open();
    const fed = category === 'input' ? pester(tested, Buffer.from('{"a":1}')) : tested.feed([{ a: 1 }, { a: 2 }]);
    const late = new Promise((_, reject) => setTimeout(() => reject(new Error('it did not stop')), 8000).unref());
    await Promise.race([tested.close(AbortSignal.timeout(5000)), late]);
    // an output that nobody takes from gives up what it was handed, and says so
    await fed.catch((thrown: Error) => expect([category, thrown.name]).toEqual(['output', 'AbortError']));
    const { in: taken, out, dropped } = tested.totals();
    const handedOn = Object.values(tested.arrived).flat().length;
    if (category === 'input') expect(handedOn).toBe(taken);
    if (category === 'processor') expect(handedOn).toBe(2);
    if (category === 'output') expect(out + Object.values(dropped).reduce((a, b) => a + b, 0)).toBe(2);
    expect(tested.failures).toEqual([]);
  });

  it('takes whatever comes: what cannot be used is counted, and it goes on', async () => {
    const tested = stage(definition, here(), { dataDir });
    await tested.open();
    if (category === 'input') {
      const before = tested.totals();
      const isSocket = typeof tested.facts()['listening'] === 'number';
      for (const bytes of [Buffer.alloc(0), Buffer.from('}{'), Buffer.alloc(300, 0xfd), Buffer.from([0xff, 0xfe, 0])])
        await pester(tested, bytes);
      const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0);
      if (isSocket) await until('it is counted', () => sum(tested.totals().dropped) >= sum(before.dropped) + 2);
    } else {
      if (category === 'output') await attend(tested);
      for (const port of Object.keys(ports).filter((name) => ports[name]!.direction === 'input'))
        await tested.feed(nasty, port);
      const { in: taken, errors } = tested.totals();
      expect(taken).toBe(nasty.length);
      const made = Object.values(tested.arrived).flat();
      if (category === 'processor') expect(made.length + errors).toBe(nasty.length);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    }
    await tested.close(AbortSignal.timeout(5000));
    expect(tested.failures).toEqual([]);
  });
});
