import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Decoder } from '../../../component-kit/mavlink/decoder.ts';
import { messagesOf } from '../../../component-kit/mavlink/dialects.ts';
import { signingKey, verifier } from '../../../component-kit/mavlink/signing.ts';
import { rehearse, type Rehearsal, until } from '../../../component-kit/testing/rehearsal.ts';
import { mavlinkInput } from '../../inputs/mavlink-input/mavlink-input.component.ts';
import { mavlinkOutput } from './mavlink-output.component.ts';
import { mavlinkOutputDefinition } from './mavlink-output.definition.ts';

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

type World = Parameters<typeof rehearse>[2];
const open = async (definition: typeof mavlinkOutput, config: object, world: World = {}): Promise<Rehearsal> => {
  const opened = rehearse(definition, config, world);
  ended.push(() => opened.close());
  await opened.open();
  return opened;
};

type Payload = Readonly<Record<string, unknown>>;
/** Reads what comes out. */
const reader = (verify?: ReturnType<typeof verifier>) => {
  const payloads: Payload[] = [];
  const refused: string[] = [];
  const line = new Decoder({
    types: messagesOf('all'),
    messages: [],
    systems: [],
    verify,
    message: (payload) => payloads.push(payload),
    refused: (reason) => refused.push(reason),
  }).line();
  return { payloads, refused, push: (bytes: Uint8Array) => line.push(bytes, 0) };
};

/** Somebody with a UDP port of its own. */
const udpPeer = async (verify?: ReturnType<typeof verifier>) => {
  const socket = createSocket('udp4');
  const read = reader(verify);
  socket.on('message', read.push);
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  ended.push(() => socket.close());
  const { port } = socket.address();
  return { ...read, socket, address: `127.0.0.1:${port}` };
};
const heartbeat = (system_id: number) => ({ message: 'HEARTBEAT', type: 2, autopilot: 3, system_id, component_id: 1 });
const arm = {
  message: 'COMMAND_LONG',
  command: 'COMPONENT_ARM_DISARM',
  param1: 1,
  target_system: 1,
  target_component: 1,
};
const frameOf = async (payload: object): Promise<Uint8Array> => {
  const peer = await udpPeer();
  const frame = new Promise<Uint8Array>((resolve) => peer.socket.once('message', resolve));
  const output = await open(mavlinkOutput, { address: peer.address });
  await output.feed([payload]);
  return frame;
};

describe('by UDP', () => {
  it('sends each message as a packet, signed where there is a key', async () => {
    const peer = await udpPeer(verifier(signingKey('correct horse')));
    const output = await open(mavlinkOutput, { address: peer.address, signing_key: 'correct horse', signing_link: 3 });
    await output.feed([heartbeat(1), arm]);
    await until('both are there', () => peer.payloads.length === 2);
    expect(peer.payloads).toMatchObject([
      { message: 'HEARTBEAT', system_id: 1, sequence: 0, type_name: 'QUADROTOR' },
      { message: 'COMMAND_LONG', system_id: 255, component_id: 191, sequence: 0, command: 400, param1: 1 },
    ]);
    expect([peer.refused, output.drops, output.facts()]).toEqual([[], {}, { sent: 2, sends_to: peer.address }]);
  });

  it('names what cannot be sent, and sends the others', async () => {
    const peer = await udpPeer();
    const output = await open(mavlinkOutput, { address: peer.address });
    await expect(output.feed([heartbeat(1), { ...arm, parm1: 1 }, arm])).rejects.toMatchObject({
      name: 'InvalidMessage',
      at: 1,
      message: 'COMMAND_LONG has no field "parm1"; did you mean "param1"?',
    });
    await until('the first is there', () => peer.payloads.length === 1);
  });

  it('speaks a dialect of one’s own, in which values may be named', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-own-'));
    ended.push(() => rmSync(dataDir, { recursive: true }));
    const definition = `<mavlink><include>minimal.xml</include>
      <enums><enum name="PUMP"><entry name="PUMP_OFF" value="0"/><entry name="PUMP_ON" value="1"/></enum></enums>
      <messages><message id="20000" name="PUMP_STATE"><field type="uint8_t" name="state" enum="PUMP"/></message></messages>
    </mavlink>`;
    writeFileSync(join(dataDir, 'pump.xml'), definition);
    const own = { dialect: 'own', definition: 'pump.xml' };
    const input = await open(
      mavlinkInput,
      { host: '127.0.0.1', port: 0, messages: ['PUMP_STATE'], ...own },
      { dataDir },
    );
    const address = `127.0.0.1:${String(input.facts()['listening'])}`;
    const output = await open(mavlinkOutput, { address, ...own }, { dataDir });
    await output.feed([heartbeat(1), { message: 'PUMP_STATE', state: 'PUMP_ON' }]);
    await until('it is there', () => input.emitted.length === 1);
    expect(input.payloads()).toMatchObject([{ message: 'PUMP_STATE', state: 1, state_name: 'ON' }]);
    const wrong = rehearse(mavlinkInput, { messages: ['PUMP_STAT'], host: '127.0.0.1', port: 0, ...own }, { dataDir });
    await expect(wrong.open()).rejects.toThrow('the dialect has no message "PUMP_STAT"; did you mean "PUMP_STATE"?');
    await wrong.close();
  });

  it('says that there is no such host', async () => {
    const output = rehearse(mavlinkOutput, { address: 'no-such-host.invalid:14550' });
    await expect(output.open()).rejects.toThrow('there is no host "no-such-host.invalid"');
    await output.close();
  });

  it.each(['10.0.0.7', 'http://10.0.0.7:1', '10.0.0.7:0', '10.0.0.7:99999', ':1', ''])(
    'refuses "%s" as an address',
    (address) =>
      expect(mavlinkOutput.config.safeParse({ address }).error?.issues[0]?.message).toBe(
        'an address is a host and a port, such as 10.0.0.7:14550',
      ),
  );
});

describe('by TCP', () => {
  it('gives all that connect every message, and counts what nobody took', async () => {
    const output = await open(mavlinkOutput, { to: 'tcp_listen', listen_host: '127.0.0.1', listen_port: 0 });
    await output.feed([heartbeat(1)]);
    expect(output.drops).toEqual({ nobody: 1 });
    const peers = [1, 2].map(() => {
      const read = reader();
      const line = connect(Number(output.facts()['listening']), '127.0.0.1');
      line.on('data', read.push);
      ended.push(() => line.destroy());
      return read;
    });
    await until('both are connected', () => output.facts()['peers'] === 2);
    await output.feed([heartbeat(2), arm]);
    await until('both have all', () => peers.every(({ payloads }) => payloads.length === 2));
    expect(peers.map(({ payloads }) => payloads.map(({ message }) => message))).toEqual(
      Array(2).fill(['HEARTBEAT', 'COMMAND_LONG']),
    );
  });

  it('keeps what nobody took for later where its connection is guaranteed', async () => {
    const config = { to: 'tcp_listen', listen_host: '127.0.0.1', listen_port: 0 };
    const output = await open(mavlinkOutput, config, { isKept: true });
    await expect(output.feed([heartbeat(1)])).rejects.toMatchObject({ name: 'TransientFault', at: 0 });
    expect(output.drops).toEqual({});
  });

  it('connects, and connects again when the line is cut', async () => {
    const read = reader();
    const lines: Socket[] = [];
    const server = createServer((line) => {
      lines.push(line);
      line.on('data', read.push);
      line.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ended.push(
      () => server.close(),
      () => lines.forEach((line) => line.destroy()),
    );
    const address = `127.0.0.1:${(server.address() as { port: number }).port}`;
    const output = await open(mavlinkOutput, { to: 'tcp_connect', address });
    await until('it is connected', () => output.facts()['connected'] === true);
    await output.feed([heartbeat(1)]);
    await until('the first is there', () => read.payloads.length === 1);
    lines[0]!.destroy();
    await until('it is connected again', () => lines.length === 2 && output.facts()['connected'] === true);
    await output.feed([heartbeat(2)]);
    await until('the second is there', () => read.payloads.length === 2);
    expect(output.reports).toContain(`waiting: ${address}: the line was closed; trying again`);
  });
});

describe('to those that are heard', () => {
  /** An input, and peers that have told it who they are. */
  const surroundings = async (...systems: readonly number[]) => {
    const input = await open(mavlinkInput, { host: '127.0.0.1', port: 0 });
    const peers = [];
    for (const system of systems) {
      const peer = await udpPeer();
      const frame = await frameOf(heartbeat(system));
      peer.socket.send(frame, Number(input.facts()['listening']), '127.0.0.1');
      peers.push(peer);
      await until('it is heard', () => input.emitted.length === peers.length);
    }
    const output = await open(mavlinkOutput, { to: 'heard', sequence: 'keep' });
    return { input, peers, output };
  };
  const messages = (peers: readonly { payloads: Payload[] }[]) =>
    peers.map(({ payloads }) => payloads.map(({ message }) => message));

  it('answers from the port that they speak to: to the target where it was heard, and to all where it was not', async () => {
    const { input, peers, output } = await surroundings(1, 2, 3);
    const from = new Promise<number>((resolve) => peers[0]!.socket.once('message', (_, { port }) => resolve(port)));
    await output.feed([arm]);
    expect(await from).toBe(input.facts()['listening']);
    await output.feed([
      { ...arm, target_system: 9 },
      { message: 'PING', target_system: 0 },
    ]);
    await until('all have theirs', () => peers.every(({ payloads }) => payloads.length >= 2));
    expect(messages(peers)).toEqual([
      ['COMMAND_LONG', 'COMMAND_LONG', 'PING'],
      ['COMMAND_LONG', 'PING'],
      ['COMMAND_LONG', 'PING'],
    ]);
  });

  it('counts for each of them apart, so that each sees what it has lost', async () => {
    const { peers } = await surroundings(1, 2);
    const output = await open(mavlinkOutput, { to: 'heard' });
    const to = (target_system: number) => ({ ...arm, target_system });
    await output.feed([to(1), to(1), to(2), to(1), to(0)]);
    await until('all have theirs', () => peers[0]!.payloads.length === 4 && peers[1]!.payloads.length === 2);
    expect(peers.map(({ payloads }) => payloads.map(({ sequence }) => sequence))).toEqual([
      [0, 1, 2, 3],
      [0, 1],
    ]);
  });

  it('hands on as a router does: everything to all others unchanged, and nothing back', async () => {
    const { input, peers, output } = await surroundings(1, 2, 3);
    const [first] = input.emitted;
    const given = { payload: first!.payload as Payload, headers: first!.headers };
    await output.feed([given.payload]);
    await until('the others have it', () => peers.slice(1).every(({ payloads }) => payloads.length === 1));
    expect(peers[0]!.payloads).toEqual([]);
    expect(peers[1]!.payloads[0]).toEqual({ ...given.payload, time: 0 });
    expect(given.headers).toEqual({ address: peers[0]!.address, link: `udp:${String(input.facts()['listening'])}` });
  });

  it('says nothing to somebody who has said nothing of use', async () => {
    const { input, output } = await surroundings(1);
    const stranger = await udpPeer();
    stranger.socket.send('no vehicle', Number(input.facts()['listening']), '127.0.0.1');
    await until('it has come', () => input.drops['garbage'] === 1);
    expect(output.facts()).toMatchObject({ peers: 1 });
  });

  it('says that there is no such input, until there is', async () => {
    const output = await open(mavlinkOutput, { to: 'heard', inputs: ['tested'] });
    const said = 'waiting: this flow has no MAVLink input "tested" that hears anybody';
    await until('it says so', () => output.reports.includes(said));
    await surroundings(1);
    await until('all is well', () => output.reports.at(-1) === 'running: ');
  });

  it('counts what there is nobody for', async () => {
    const output = await open(mavlinkOutput, { to: 'heard' });
    await output.feed([arm]);
    expect([output.drops, output.facts()]).toEqual([{ nobody: 1 }, { sent: 0, inputs: [], peers: 0 }]);
  });
});

it('refuses a key where nothing can be signed', () => {
  const { config } = mavlinkOutputDefinition;
  expect(config.safeParse({ version: '1' }).success).toBe(true);
  expect(config.safeParse({ version: '2', signing_key: 'correct horse' }).success).toBe(true);
  expect(config.safeParse({ version: '1', signing_key: 'correct horse' }).error?.issues[0]).toMatchObject({
    path: ['version'],
    message: expect.stringContaining('cannot be signed') as string,
  });
});

it('names inputs of its flow, where it answers by them', () => {
  const { config, mentions } = mavlinkOutputDefinition;
  const mentioned = (given: object) => mentions?.(config.parse(given));
  expect(mentioned({ to: 'heard', inputs: ['nope'] })).toEqual({
    field: 'inputs',
    type: 'mavlink_input',
    ids: ['nope'],
  });
  expect(mentioned({ inputs: ['nope'] })).toBeUndefined();
});
