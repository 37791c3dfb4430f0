import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { count, expectedOf, recording, recordingPath } from '../../../component-kit/testing/recordings.ts';
import { type Rehearsal, rehearse, until } from '../../../component-kit/testing/rehearsal.ts';
import { nmeaInput } from './nmea-input.component.ts';
import { nmeaInputDefinition } from './nmea-input.definition.ts';

type Payload = Readonly<Record<string, unknown>>;

const heading = '$GPHDT,274.07,T*03';
const said = { sentence: 'HDT', talker: 'GP', heading_deg: 274.07 };
const [first, second] = [
  '!AIVDM,2,1,9,A,53aGt3D000010C?7CF1=@E98D8u>22222222221J9@<736bgo4iiC4iCRjDPj1C`,0*14',
  '!AIVDM,2,2,9,A,8888880,2*2D',
];

const opened: Rehearsal[] = [];
const sockets: { end(): unknown }[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.end();
  for (const input of opened.splice(0)) await input.close();
});

const start = async (config: object, world: Parameters<typeof rehearse>[2] = {}): Promise<Rehearsal> => {
  const input = rehearse(nmeaInput, { host: '127.0.0.1', port: 0, ...config }, world);
  opened.push(input);
  await input.open();
  return input;
};
const sender = async ({ facts }: Rehearsal): Promise<Socket> => {
  const socket = connect(Number(facts()['listening']), '127.0.0.1');
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
};
const pause = async (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));

describe('by UDP', () => {
  const packets = async (input: Rehearsal, ...texts: readonly string[]): Promise<void> => {
    const socket = createSocket('udp4');
    sockets.push({ end: () => socket.close() });
    for (const text of texts)
      await new Promise((resolve) => socket.send(text, Number(input.facts()['listening']), '127.0.0.1', resolve));
  };

  it('takes sentences with and without an end of the line, several in a packet, or one in two', async () => {
    const input = await start({});
    await packets(input, heading, `${heading}\r\n${heading}\r\n`, '$GPHDT,27', '4.07,T*03\r\n');
    await until('four are there', () => input.emitted.length === 4);
    expect(input.payloads()).toEqual([said, said, said, said]);
    expect(input.emitted[0]!.headers).toEqual({ address: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as unknown });
    expect(input.drops).toEqual({});
  });

  it('counts what is none and goes on; what AIS cannot be becomes a dead letter with its line', async () => {
    const input = await start({});
    const noAis = '!AIVDM,1,1,,A,15UI,0*3E';
    const lines = ['garbage', '$GPHDT,274.08,T*03', '$GPHDT,1,T', noAis, first!, heading];
    await packets(input, ...lines.map((line) => `${line}\r\n`));
    await until('the good one is there', () => input.emitted.length === 1);
    expect(input.drops).toEqual({ garbage: 1, bad_checksum: 1, no_checksum: 1 });
    expect([input.invalid, input.raws]).toEqual([
      ['its message has 24 bits, and type and sender take 38'],
      ['!AIVDM,1,1,,A,15UI,0*3E'],
    ]);
    await input.close();
    expect(input.drops).toMatchObject({ parts_missing: 1 });
  });

  it('forgets senders that have begun nothing, and counts the others', async () => {
    const input = await start({});
    const senders = Array.from({ length: 300 }, () => createSocket('udp4'));
    sockets.push({ end: () => senders.map((socket) => socket.close()) });
    const all = async (text: string): Promise<void> => {
      const port = Number(input.facts()['listening']);
      for (const socket of senders) await new Promise((resolve) => socket.send(text, port, '127.0.0.1', resolve));
    };
    await all(`${heading}\n`);
    await until('all are there', () => input.emitted.length === 300);
    expect([input.facts()['senders'], input.drops]).toEqual([256, {}]);
    await all('$GPHDT,27');
    await until('some are given up', () => input.drops['too_many_senders'] === 44);
  });
});

describe('by TCP', { timeout: 180_000 }, () => {
  it('takes lines from those who connect, however they are cut, and the last one without its end', async () => {
    const input = await start({ source: 'tcp_listen' });
    const socket = await sender(input);
    for (const part of ['$GPHDT,2', `74.07,T*03\r\n${first}\r`, `\n${second}`, `\r\n${heading}`]) {
      socket.write(part);
      await pause();
    }
    socket.end();
    await until('three are there', () => input.emitted.length === 3);
    expect(input.payloads()).toMatchObject([said, { mmsi: 244710413, ship_name: 'STERREBOS' }, said]);
  });

  it('goes on in the middle of a line, and of a message in parts, where another run takes over', async () => {
    const place = {};
    const before = await start({ source: 'tcp_listen' }, { place });
    const socket = await sender(before);
    socket.write(`${heading}\n${first}\n${second.slice(0, 10)}`);
    await until('one is there', () => before.emitted.length === 1);
    await before.close();
    const behind = await start({ source: 'tcp_listen' }, { place });
    socket.write(`${second.slice(10)}\n`);
    await until('it is whole', () => behind.emitted.length === 1);
    expect(behind.payloads()).toMatchObject([{ mmsi: 244710413, ship_name: 'STERREBOS' }]);
    expect([before.drops, behind.drops]).toEqual([{}, {}]);
  });

  it('connects to a device, again when the line ends, and lets it wait while the flow is busy', async () => {
    const lines = recording('nmea/harbour-gofree.nmea').toString('latin1');
    const times = 4;
    let connections = 0;
    const device = createServer((socket) => {
      socket.on('error', () => undefined);
      connections += 1;
      if (connections === 1) socket.end(`${heading}\r\n`);
      else for (let n = 0; n < times; n += 1) socket.write(`${lines}\r\n`);
    });
    device.listen(0, '127.0.0.1');
    await once(device, 'listening');
    sockets.push({ end: () => device.close() });
    const { port } = device.address() as AddressInfo;
    const emit = async (): Promise<void> => pause();
    const input = await start({ source: 'tcp_connect', address: '127.0.0.1', port }, { emit });
    await until('all are there', () => input.emitted.length === 1 + times * 6276, 120_000);
    expect(input.drops).toEqual({});
    expect(input.facts()).toMatchObject({ connected: true, ais_messages: times * 1459 });
  });

  it('refuses those who are too many, and says so', async () => {
    const input = await start({ source: 'tcp_listen', max_senders: 1 });
    await sender(input);
    await until('the first is in', () => input.facts()['senders'] === 1);
    await sender(input);
    await until('the second is refused', () => input.facts()['refused'] === 1);
    expect(input.reports.at(-1)).toContain('1 are connected, the most that "max_senders" allows');
  });
});

describe('a recording', { timeout: 180_000 }, () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-'));
  const file = (name: string, content: string | Buffer): string => {
    writeFileSync(join(dataDir, name), content);
    return name;
  };
  const read = async (path: string, config: object = {}): Promise<Rehearsal> => {
    const input = await start({ source: 'file', path, speed: 0, ...config }, { dataDir });
    await until('it is at its end', () => input.facts()['rounds'] === 1 || input.faults.length > 0, 120_000);
    await input.close();
    return input;
  };

  it('of a harbour has what another program counted in it', async () => {
    const expected = expectedOf<Readonly<Record<string, unknown>>>('harbour-gofree.nmea');
    const input = await read(recordingPath('nmea/harbour-gofree.nmea'));
    const payloads = input.payloads() as Payload[];
    const ais = payloads.filter(({ sentence }) => sentence === 'VDM');
    expect([input.drops, input.invalid]).toEqual([{}, []]);
    expect(ais).toHaveLength(expected['ais_messages_decodable'] as number);
    expect(count(ais.map((payload) => payload['message_type']))).toEqual(expected['ais_messages_by_type']);
    expect(new Set(ais.map(({ mmsi }) => mmsi)).size).toBe(expected['ais_distinct_mmsi']);
    expect(payloads.length - ais.length).toBe(6324 - 1507);
    const relative = payloads.filter(({ sentence, reference }) => sentence === 'MWV' && reference === 'relative');
    const speeds = relative.map((payload) => payload['wind_speed_knots'] as number);
    expect([relative.length, Math.min(...speeds), Math.max(...speeds)]).toEqual([141, 2.7, 5.6]);
  });

  it('of a yacht, too', async () => {
    const payloads = (await read(recordingPath('nmea/sail-plaka.nmea'))).payloads() as Payload[];
    expect(payloads).toHaveLength(60_000);
    const relative = payloads.filter(({ sentence, reference }) => sentence === 'MWV' && reference === 'relative');
    const speeds = relative.map((payload) => payload['wind_speed_knots'] as number);
    expect([relative.length, Math.min(...speeds), Math.max(...speeds)]).toEqual([1875, 6.22, 25.46]);
    expect(speeds.filter((speed) => speed > 10)).toHaveLength(1546);
  });

  it('is replayed at its pace, each with the time at which it was recorded', async () => {
    const at = ['$GPZDA,235958.00,31,12,1999,,*6F', '$GPGLL,,,,,235959.00,A*3E', heading, '$GPGLL,,,,,000000.00,A*3F'];
    const input = await read(file('pace.nmea', at.join('\n')), { speed: 10 });
    expect(input.drops).toEqual({});
    expect(input.emitted.map(({ time }) => new Date(time).toISOString())).toEqual([
      '1999-12-31T23:59:58.000Z',
      '1999-12-31T23:59:59.000Z',
      '1999-12-31T23:59:59.000Z',
      '2000-01-01T00:00:00.000Z',
    ]);
  });

  it('without times is read as fast as the flow takes it, and says so', async () => {
    const input = await read(file('untimed.nmea.gz', gzipSync(`${heading}\n`.repeat(1000))), { speed: 1 });
    expect(input.emitted).toHaveLength(1000);
    expect(input.reports.at(-1)).toBe(
      'running: The recording is at its end; no sentence of the recording says when it was, so that it is read as fast as the flow takes it',
    );
  });

  it('comes again and again', async () => {
    const input = await start({ source: 'file', path: file('short.nmea', heading), speed: 0, loop: true }, { dataDir });
    await until('it came three times', () => input.emitted.length >= 3);
  });

  it.each([
    ['words.nmea', 'hello\n', {}, '"words.nmea" holds no sentence of NMEA 0183'],
    [
      'heading.nmea',
      heading,
      { sentences: ['VDM'] },
      '"heading.nmea" holds none of the sentences that are wanted: VDM',
    ],
  ])('that holds nothing says why: %s', async (name, content, config, sentence) => {
    const { faults } = await read(file(name, content), config);
    expect(faults.map(({ message }) => message)).toEqual([sentence]);
  });

  it('that is cut is replayed as far as it goes', async () => {
    const whole = gzipSync(recording('nmea/harbour-gofree.nmea'));
    const input = await read(file('cut.nmea.gz', whole.subarray(0, whole.length / 2)));
    expect(input.emitted.length).toBeGreaterThan(1000);
    expect(input.reports.at(-1)).toContain('what could be read of it was replayed');
  });
});

it.each([
  [{ source: 'file' }, ['path'], 'name the recording to read'],
  [{ source: 'tcp_connect' }, ['address'], 'name the device to connect to'],
  [{ source: 'tcp_connect', address: 'a', port: 0 }, ['port'], 'name the port of the device'],
  [{ interface: 'eth0' }, ['interface'], 'it names where a group is joined: set "multicast_group" too'],
  [
    { sentences: ['GPRMC'] },
    ['sentences', 0],
    'a sentence is three capital letters, such as "RMC", or a maker\'s own, such as "PGRME"',
  ],
])('a mistake in the settings is said at its place: %j', (config, path, message) => {
  const { error } = nmeaInputDefinition.config.safeParse(config);
  expect(error?.issues.map((issue) => [issue.path, issue.message])).toEqual([[path, message]]);
});
