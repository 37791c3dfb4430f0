import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { besideWords, fromPyais } from '../component-kit/nmea/pyais-names.ts';
import { fromPynmea2 } from '../component-kit/nmea/pynmea2-names.ts';
import { eventually, type RunningServer, startServer } from '../running-server.ts';

/** What pynmea2 and pyais read, through flows of the server as people run it: by a recording, by UDP and by TCP. */
let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
}, 180_000);
afterAll(async () => {
  await server.end('SIGKILL');
});

type Payload = Readonly<Record<string, unknown>>;
interface KnownSentence {
  readonly sentence: string;
  readonly type: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly values: Payload;
}
interface KnownMessage {
  readonly sentences: readonly string[];
  readonly fields: Payload;
}
const known = <Line>(name: string): readonly Line[] =>
  readFileSync(join(import.meta.dirname, '../component-kit/nmea', name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
const sentences = known<KnownSentence>('sentences-of-pynmea2.ndjson');
const messages = known<KnownMessage>('messages-of-pyais.ndjson');
const lines = [...sentences.map(({ sentence }) => sentence), ...messages.flatMap((message) => message.sentences)];
const count = sentences.length + messages.length;

const run = async (id: string, config: object): Promise<void> => {
  const flow = {
    id,
    name: id,
    components: [
      { id: 'in', type: 'nmea_input', config },
      { id: 'out', type: 'file_output', config: { path: `${id}.ndjson` } },
    ],
    connections: [{ from: 'in', to: 'out', delivery: 'guaranteed' }],
  };
  expect((await server.call('POST', '/api/v1/flows', flow)).status).toBe(201);
  await server.call('POST', `/api/v1/flows/${id}/deploy?wait=20s`);
};
const kept = async (id: string): Promise<readonly Payload[]> =>
  eventually(`${count} lines of ${id}`, async () => {
    const path = join(server.dataDir, `${id}.ndjson`);
    const found = existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
    return Promise.resolve(found.length >= count && found.map((line) => JSON.parse(line) as Payload));
  });
const holds = (payloads: readonly Payload[]): void => {
  expect(payloads).toHaveLength(count);
  for (const [index, { type, ...said }] of sentences.entries()) {
    const wanted = fromPynmea2(type, said);
    const given = payloads[index]!;
    // a file knows no undefined: what is not there is missing
    const found = Object.fromEntries(Object.keys(wanted).map((name) => [name, given[name]]));
    // the time of a sentence may come from the one before
    expect({ ...found, time: wanted['time'] ?? undefined }, said.sentence).toEqual({ ...wanted, time: wanted['time'] });
  }
  for (const [index, { fields, sentences: parts }] of messages.entries())
    expect(besideWords(payloads[sentences.length + index]!), parts[0]).toEqual(fromPyais(fields));
};
/** What the input of a flow says of itself, as soon as it holds. */
const factOf = async (id: string, name: string, holds: (fact: number) => boolean): Promise<number> =>
  eventually(`"${name}" of ${id}`, async () => {
    const { body } = await server.call('GET', `/api/v1/flows/${id}/status`);
    const { components } = body as { components: { id: string; facts?: Record<string, number | null> }[] };
    const fact = components.find((component) => component.id === 'in')?.facts?.[name];
    return typeof fact === 'number' && holds(fact) ? fact : undefined;
  });
const portOf = async (id: string): Promise<number> => factOf(id, 'listening', (port) => port > 0);

it('of a recording', { timeout: 180_000 }, async () => {
  writeFileSync(join(server.dataDir, 'known.nmea'), lines.join('\r\n'));
  await run('recorded', { source: 'file', path: 'known.nmea', speed: 0 });
  holds(await kept('recorded'));
});

it('by UDP, a packet for each sentence', { timeout: 180_000 }, async () => {
  await run('packets', { host: '127.0.0.1', port: 0 });
  const port = await portOf('packets');
  const socket = createSocket('udp4');
  // no more at once than the system keeps for a server that is busy
  for (let sent = 0; sent < lines.length; sent += 100) {
    const packets = lines.slice(sent, sent + 100);
    for (const line of packets) await new Promise((resolve) => socket.send(`${line}\r\n`, port, '127.0.0.1', resolve));
    await factOf('packets', 'datagrams', (datagrams) => datagrams >= sent + packets.length);
  }
  holds(await kept('packets'));
  socket.close();
});

it('by TCP', { timeout: 180_000 }, async () => {
  await run('lines', { source: 'tcp_listen', host: '127.0.0.1', port: 0 });
  const socket = connect(await portOf('lines'), '127.0.0.1');
  await once(socket, 'connect');
  socket.end(lines.join('\r\n'));
  holds(await kept('lines'));
});
