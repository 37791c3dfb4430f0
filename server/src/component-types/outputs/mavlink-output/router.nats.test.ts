import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Decoder } from '../../../component-kit/mavlink/decoder.ts';
import { messagesOf } from '../../../component-kit/mavlink/dialects.ts';
import { FrameWriter } from '../../../component-kit/mavlink/frame-writer.ts';
import { loadDefinitions } from '../../../component-kit/mavlink/load-dialect.ts';
import { until } from '../../../component-kit/testing/rehearsal.ts';
import { type RunningServer, startServer } from '../../../running-server.ts';

const example = readFileSync(join(import.meta.dirname, '../../../../../examples/guide/mavlink-router.json'), 'utf8');

let server: RunningServer;
const ended: (() => unknown)[] = [];
beforeAll(async () => {
  server = await startServer();
}, 120_000);
afterAll(async () => {
  for (const end of ended) await end();
  await server.end('SIGKILL');
});

/** A port that nobody has at present. */
const freePort = async (): Promise<number> => {
  const lines = createServer();
  await new Promise<void>((resolve) => lines.listen(0, '127.0.0.1', resolve));
  const { port } = lines.address() as { port: number };
  await new Promise((resolve) => lines.close(resolve));
  return port;
};

/** Somebody of a system who speaks to the router and remembers the frames that come. */
const peerOf = async (system: number, way: { readonly udp?: number; readonly tcp?: number }) => {
  const loaded = await loadDefinitions({ dialect: 'all', definition: '' }, '');
  const writer = new FrameWriter({ ...loaded, version: 2, system, component: 1, keepsSequence: false });
  const heard: string[] = [];
  const line = new Decoder({
    types: messagesOf('all'),
    messages: [],
    systems: [],
    refused: (reason) => heard.push(reason),
    message: ({ message, system_id, sequence }) =>
      heard.push(`${String(message)} ${String(sequence)} of ${String(system_id)}`),
  }).line();
  const take = (bytes: Uint8Array): void => line.push(bytes, 0);
  let send: (frame: Uint8Array) => void;
  if (way.udp === undefined) {
    const socket = connect(way.tcp!, '127.0.0.1');
    socket.on('data', take);
    ended.push(() => socket.destroy());
    send = (frame) => void socket.write(frame);
  } else {
    const socket = createSocket('udp4');
    socket.on('message', take);
    ended.push(() => socket.close());
    send = (frame) => socket.send(frame, way.udp, '127.0.0.1');
  }
  return { heard, say: (payload: object) => send(writer.frame(payload)) };
};

it('routes between links: to all others, or to the target where it was heard, without loss and without a circle', async () => {
  const [udp, tcp] = [await freePort(), await freePort()];
  const document = JSON.parse(example.replace('14550', String(udp)).replace('5760', String(tcp))) as object;
  await server.call('POST', '/api/v1/flows', document);
  await server.call('POST', '/api/v1/flows/mavlink-router/deploy?wait=10s');
  const { body } = await server.call('GET', '/api/v1/flows/mavlink-router/status');
  expect(body).toMatchObject({ observed: 'running' });

  const station = await peerOf(255, { udp });
  const copter = await peerOf(1, { udp });
  const rover = await peerOf(2, { tcp });
  const all = [station, copter, rover];
  const beat = { message: 'HEARTBEAT', type: 2 };
  // by UDP only who has spoken can be spoken to
  for (const [index, peer] of all.entries()) {
    peer.say(beat);
    const said = `HEARTBEAT 0 of ${[255, 1, 2][index]!}`;
    await until('the others have it', () => all.slice(0, index).every(({ heard }) => heard.includes(said)));
  }
  const command = 'COMMAND_LONG 1 of 255';
  station.say({ message: 'COMMAND_LONG', command: 'COMPONENT_ARM_DISARM', target_system: 2, target_component: 1 });
  await until('its target has it', () => rover.heard.includes(command));
  for (let n = 0; n < 200; n += 1) rover.say({ message: 'ATTITUDE', time_boot_ms: n });
  await until('all is there', () => [station, copter].every(({ heard }) => heard.includes('ATTITUDE 200 of 2')));
  const attitudes = Array.from({ length: 200 }, (_, n) => `ATTITUDE ${n + 1} of 2`);
  expect(station.heard).toEqual(['HEARTBEAT 0 of 1', 'HEARTBEAT 0 of 2', ...attitudes]);
  expect(copter.heard.filter((said) => said !== 'HEARTBEAT 0 of 255')).toEqual(['HEARTBEAT 0 of 2', ...attitudes]);
  // it was connected when the others spoke, and has nothing of its own
  expect(rover.heard.filter((said) => !said.startsWith('HEARTBEAT'))).toEqual([command]);
  expect(rover.heard.filter((said) => said.endsWith(' of 2'))).toEqual([]);
}, 60_000);
