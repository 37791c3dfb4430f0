import { createSocket } from 'node:dgram';
import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Decoder } from '../../../component-kit/mavlink/decoder.ts';
import { messagesOf } from '../../../component-kit/mavlink/dialects.ts';
import { FrameWriter } from '../../../component-kit/mavlink/frame-writer.ts';
import { loadDefinitions } from '../../../component-kit/mavlink/load-dialect.ts';
import { rehearse, type Rehearsal, until } from '../../../component-kit/testing/rehearsal.ts';
import { mavlinkInput } from './mavlink-input.component.ts';

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

type Payload = Readonly<Record<string, unknown>>;

/** A vehicle that says nothing until it has heard a ground station, and then does what it is asked for, as its `results` say. */
const vehicle = async (system: number, results: readonly (string | undefined)[] = ['ACCEPTED']) => {
  const loaded = await loadDefinitions({ dialect: 'all', definition: '' }, '');
  const writer = new FrameWriter({ ...loaded, version: 2, system, component: 1, keepsSequence: false });
  const heard: Payload[] = [];
  let commands = 0;
  const hear = (say: (frame: Uint8Array) => void) => {
    const line = new Decoder({
      types: messagesOf('all'),
      messages: [],
      systems: [],
      refused: () => undefined,
      message: (payload) => {
        heard.push(payload);
        if (payload['message'] === 'HEARTBEAT')
          say(writer.frame({ message: 'HEARTBEAT', type: 'QUADROTOR', autopilot: 'ARDUPILOTMEGA' }));
        if (payload['message'] !== 'COMMAND_LONG') return;
        const result = results[commands % results.length];
        commands += 1;
        if (result === undefined) return;
        say(
          writer.frame({
            message: 'COMMAND_ACK',
            command: payload['command'],
            result,
            target_system: payload['system_id'],
          }),
        );
        if (result === 'ACCEPTED') say(writer.frame({ message: 'ATTITUDE', roll: 1 }));
      },
    }).line();
    return (bytes: Uint8Array) => line.push(bytes, 0);
  };
  return { heard, hear, of: (message: string) => heard.filter((payload) => payload['message'] === message) };
};

/** Somebody at a UDP port of its own; returns its address. */
const onUdp = async ({ hear }: Awaited<ReturnType<typeof vehicle>>): Promise<string> => {
  const socket = createSocket('udp4');
  let back = 0;
  const read = hear((frame) => socket.send(frame, back, '127.0.0.1'));
  socket.on('message', (bytes, { port }) => {
    back = port;
    read(bytes);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  ended.push(() => socket.close());
  return `127.0.0.1:${socket.address().port}`;
};

const open = async (config: object): Promise<Rehearsal> => {
  const input = rehearse(mavlinkInput, { host: '127.0.0.1', port: 0, ground_station: true, ...config });
  ended.push(() => input.close());
  await input.open();
  return input;
};
const messagesOfInput = (input: Rehearsal) => input.payloads().map((payload) => (payload as Payload)['message']);
const rates = [{ message: 'ATTITUDE', per_second: 10 }];

describe('a ground station', () => {
  it('makes a vehicle talk that waits for its heartbeat, by UDP', async () => {
    const copter = await vehicle(1);
    const input = await open({ vehicle_address: await onUdp(copter), rates, stream_rate: 4 });
    await until('it talks', () => messagesOfInput(input).includes('ATTITUDE'));
    expect(copter.of('HEARTBEAT')[0]).toMatchObject({
      type_name: 'GCS',
      autopilot_name: 'INVALID',
      system_id: 255,
      component_id: 190,
    });
    expect(copter.of('COMMAND_LONG')).toMatchObject([
      { command_name: 'SET_MESSAGE_INTERVAL', param1: 30, param2: 100_000, target_system: 1, target_component: 1 },
    ]);
    expect(copter.of('REQUEST_DATA_STREAM')).toMatchObject([
      { req_stream_id: 0, req_message_rate: 4, start_stop: 1, target_system: 1 },
    ]);
    expect(input.facts()).toMatchObject({ answers: { '1:1': { ATTITUDE: 'ACCEPTED' } } });
  });

  it('makes it talk by TCP as well', async () => {
    const rover = await vehicle(7);
    const lines: Socket[] = [];
    const server = createServer((line) => {
      lines.push(line);
      line.on(
        'data',
        rover.hear((frame) => void line.write(frame)),
      );
      line.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ended.push(
      () => server.close(),
      () => lines.forEach((line) => line.destroy()),
    );
    const input = await open({ source: 'tcp_connect', port: (server.address() as { port: number }).port, rates });
    await until('it talks', () => messagesOfInput(input).includes('ATTITUDE'));
    expect(input.facts()).toMatchObject({ answers: { '7:1': { ATTITUDE: 'ACCEPTED' } } });
  });

  it('asks for one message after another, and shows each answer', async () => {
    const plane = await vehicle(1, ['ACCEPTED', 'UNSUPPORTED', 'DENIED']);
    const messages = ['ATTITUDE', 'VFR_HUD', 'WIND'];
    const input = await open({
      vehicle_address: await onUdp(plane),
      rates: messages.map((message) => ({ message, per_second: 2 })),
    });
    const answers = { ATTITUDE: 'ACCEPTED', VFR_HUD: 'UNSUPPORTED', WIND: 'DENIED' };
    await until(
      'all are answered',
      () => JSON.stringify(input.facts()['answers']) === JSON.stringify({ '1:1': answers }),
    );
    expect(input.reports).toEqual([
      'running: vehicle 1 does not send VFR_HUD 2 times a second: UNSUPPORTED',
      'running: vehicle 1 does not send WIND 2 times a second: DENIED',
    ]);
    expect(plane.of('COMMAND_LONG')).toHaveLength(3);
  });

  it('asks again where no answer comes, and gives up after the third time', async () => {
    const deaf = await vehicle(1, [undefined]);
    const input = await open({ vehicle_address: await onUdp(deaf), rates });
    await until('it gives up', () => JSON.stringify(input.facts()['answers']).includes('no answer'));
    expect(deaf.of('COMMAND_LONG').map(({ confirmation }) => confirmation)).toEqual([0, 1, 2]);
  });

  it('asks no other ground station', async () => {
    const other = await vehicle(255);
    const address = await onUdp(other);
    const input = await open({ vehicle_address: address, rates });
    const { heard } = other;
    await until('it has heard two heartbeats', () => heard.length >= 2);
    expect(input.facts()).toMatchObject({ heartbeats: expect.any(Number) as number });
  });

  it.each([
    [{ dialect: 'icarous' }, 'the dialect has no message "HEARTBEAT", which a ground station needs'],
    [{ dialect: 'minimal', rates: [{ message: 'ATTITUDE' }] }, 'the dialect has no message "ATTITUDE" to ask for'],
  ])('says that with %j it cannot speak', async (config, sentence) => {
    const input = rehearse(mavlinkInput, { host: '127.0.0.1', port: 0, ground_station: true, ...config });
    await expect(input.open()).rejects.toThrow(sentence);
    await input.close();
  });

  it('says that there is no such message to ask for', () => {
    const parsed = mavlinkInput.config.safeParse({ rates: [{ message: 'ATITUDE' }] });
    expect(parsed.error?.issues).toMatchObject([
      { path: ['rates', 0, 'message'], message: 'there is no message "ATITUDE"; did you mean "ATTITUDE"?' },
    ]);
  });
});

it('says which vehicles are quiet, and when they are heard again', async () => {
  const loaded = await loadDefinitions({ dialect: 'all', definition: '' }, '');
  const writer = new FrameWriter({ ...loaded, version: 2, system: 3, component: 1, keepsSequence: false });
  const input = await open({ quiet_after: '800ms', ground_station: false });
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  let isTalking = true;
  const talking = setInterval(() => {
    if (isTalking) socket.send(writer.frame({ message: 'HEARTBEAT' }), Number(input.facts()['listening']), '127.0.0.1');
  }, 50);
  ended.push(
    () => socket.close(),
    () => clearInterval(talking),
  );
  await until('it is heard', () => input.emitted.length > 0);
  isTalking = false;
  const said = `running: vehicle 3 at 127.0.0.1:${socket.address().port} is quiet for `;
  await until('it is called quiet', () => input.reports.some((report) => report.startsWith(said)));
  isTalking = true;
  await until('it is heard again', () => input.reports.at(-1) === 'running: ');
});
