import { createSocket } from 'node:dgram';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordingPath } from '../component-kit/testing/recordings.ts';
import { eventually, type RunningServer, startServer } from '../running-server.ts';

/**
 * What people reported about tools of this kind. A folder of `field-cases` is one kind of fault: flows, what goes in, and
 * what the output file holds at the end (`expected.ndjson`) or what else must hold (`expected.json`).
 */
const folder = join(import.meta.dirname, 'field-cases');

interface Flow {
  readonly id: string;
  readonly components: { readonly id: string; readonly type: string; readonly config: Record<string, unknown> }[];
}
interface Letter {
  readonly sentence: string;
  readonly payload: unknown;
}

/** What must hold beside the output file. */
interface Else {
  readonly dead_letters?: number;
  readonly payload_holds?: string;
  readonly out?: readonly unknown[];
  readonly values?: readonly unknown[];
  readonly within_s?: number;
  /** The text of the output file that is as good. */
  readonly or?: string;
}

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
}, 180_000);
afterAll(async () => {
  await server.end('SIGKILL');
});

const flowOf = (kind: string, name: string): Flow => {
  const flow = JSON.parse(readFileSync(join(folder, kind, `${name}flow.json`), 'utf8')) as Flow;
  for (const { config } of flow.components) {
    if (typeof config['path'] === 'string') config['path'] = join(kind, config['path']);
    if (typeof config['port'] === 'number') config['port'] = 0;
  }
  return { ...flow, id: `${kind}-${flow.id}`.slice(0, 63) };
};

/** Deploys the flow of a case on the files of its folder; resolves with the answer and the id. */
const deploy = async (kind: string, name: string, change: (flow: Flow) => void = () => undefined) => {
  mkdirSync(join(server.dataDir, kind), { recursive: true });
  cpSync(join(folder, kind), join(server.dataDir, kind), { recursive: true });
  const flow = flowOf(kind, name);
  change(flow);
  const saved = await server.call('POST', '/api/v1/flows', flow);
  const deployed = await server.call('POST', `/api/v1/flows/${flow.id}/deploy?wait=10s`);
  return { id: flow.id, saved, deployed, out: flow.components.at(-1)!.config['path'] as string };
};

const statusOf = async (id: string) =>
  (await server.call('GET', `/api/v1/flows/${id}/status`)).body as {
    readonly sentence: string;
    readonly components: { readonly id: string; readonly sentence: string; readonly facts?: Record<string, unknown> }[];
  };
const lettersOf = async (id: string): Promise<readonly Letter[]> =>
  ((await server.call('GET', `/api/v1/flows/${id}/dead-letters`)).body as { items: Letter[] }).items;
const textOf = (path: string): string =>
  existsSync(join(server.dataDir, path)) ? readFileSync(join(server.dataDir, path), 'utf8') : '';
const rowsOf = (path: string): unknown[] => parsed(textOf(path));
const parsed = (text: string): unknown[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
const portOf = async (id: string): Promise<number> =>
  eventually('the port', async () => {
    const { components } = await statusOf(id);
    const port = components.find((each) => each.id === 'in')?.facts?.['listening'];
    return typeof port === 'number' && port;
  });
const expectedOf = (kind: string, name: string): { readonly rows?: unknown[]; readonly more: Else } => {
  const [rows, more] = ['ndjson', 'json'].map((end) => join(folder, kind, `${name}expected.${end}`));
  return {
    ...(existsSync(rows!) && { rows: parsed(readFileSync(rows!, 'utf8')) }),
    more: existsSync(more!) ? (JSON.parse(readFileSync(more!, 'utf8')) as Else) : {},
  };
};
const sendPackets = async (port: number, packets: readonly Buffer[]): Promise<void> => {
  const socket = createSocket('udp4');
  for (const packet of packets) await new Promise((resolve) => socket.send(packet, port, '127.0.0.1', resolve));
  socket.close();
};

/** Cases whose flow reads a file, and whose expectation says all. */
const cases = readdirSync(folder)
  .flatMap((kind) => readdirSync(join(folder, kind)).map((file) => ({ kind, file })))
  .filter(({ file }) => file.endsWith('flow.json'))
  .map(({ kind, file }) => ({ kind, name: file.slice(0, -'flow.json'.length) }))
  .filter(({ kind, name }) => {
    const [source] = flowOf(kind, name).components;
    const { rows, more } = expectedOf(kind, name);
    const isSaid = rows !== undefined || more.values !== undefined || more.dead_letters !== undefined;
    return source?.type === 'file_input' && source.config['mode'] !== 'tail' && isSaid && name !== 'line.';
  });

it.each(cases)('$kind: $name', async ({ kind, name }) => {
  const { id, out } = await deploy(kind, name);
  const { rows, more } = expectedOf(kind, name);
  await eventually('it is read', async () => {
    const { components } = await statusOf(id);
    return /Read to the end|is cut/.test(components[0]!.sentence);
  });
  if (more.or?.startsWith('{') && textOf(out) === `${more.or}\n`) return;
  const expected = rows ?? more.out;
  if (more.values) {
    await eventually('the rows', async () => Promise.resolve(rowsOf(out).length > 0));
    expect(rowsOf(out).flatMap((row) => Object.values(row as object))).toEqual(more.values);
  } else if (expected) {
    await eventually('the rows', async () => Promise.resolve(rowsOf(out).length >= expected.length), 5000).catch(
      () => undefined,
    );
    expect(rowsOf(out)).toEqual(expected);
  }
  const letters = await eventually('the letters', async () => {
    const found = await lettersOf(id);
    return found.length >= (more.dead_letters ?? 0) && found;
  });
  expect(letters).toHaveLength(more.dead_letters ?? 0);
  if (more.payload_holds) expect(JSON.stringify(letters[0]!.payload)).toContain(JSON.stringify(more.payload_holds));
});

describe('by packets and lines', () => {
  it.each(['packet.', 'lines.'])('marks around JSON cost nothing: %s', async (name) => {
    const kind = 'nul-bytes-and-marks-cost-messages';
    const { id, out } = await deploy(kind, name);
    await sendPackets(await portOf(id), [readFileSync(join(folder, kind, `${name}bin`))]);
    const { rows } = expectedOf(kind, name);
    await eventually('the messages', async () => Promise.resolve(rowsOf(out).length >= rows!.length));
    expect([rowsOf(out), await lettersOf(id)]).toEqual([rows, []]);
  });

  it('lines that end with a carriage return alone come one by one', async () => {
    const kind = 'lines-ended-by-carriage-return-are-no-lines';
    const { id, out } = await deploy(kind, 'scale.');
    const socket = connect(await portOf(id), '127.0.0.1');
    socket.write(readFileSync(join(folder, kind, 'scale.bin')));
    await eventually('three lines', async () => Promise.resolve(rowsOf(out).length === 3));
    expect(rowsOf(out).map((row) => (row as { text: string }).text)).toEqual(
      (expectedOf(kind, 'scale.').more as { text: string[] }).text,
    );
    socket.destroy();
  });

  it('a vehicle that starts anew is no loss, and its texts are UTF-8', async () => {
    const kind = 'restart-of-a-vehicle-counts-as-loss';
    const { id, out } = await deploy(kind, '');
    const frames = readFileSync(join(folder, kind, 'frames.txt'), 'utf8')
      .trim()
      .split('\n');
    const port = await portOf(id);
    await sendPackets(
      port,
      frames.map((frame) => Buffer.from(frame, 'hex')),
    );
    await eventually('six frames', async () => Promise.resolve(rowsOf(out).length === 6));
    const status = await statusOf(id);
    expect(Number(/"lost":(\d+)/.exec(JSON.stringify(status))?.[1] ?? 0)).toBeLessThanOrEqual(9);
    await sendPackets(port, [readFileSync(join(folder, 'text-of-other-encodings-is-mangled/statustext.bin'))]);
    await eventually('the text', async () => Promise.resolve(textOf(out).includes('Höhe über 10°')));
  });
});

describe('files that grow, and other encodings', () => {
  it.each(['csv-followed-from-its-end-takes-a-row-for-names', 'stray-quote-costs-rows'])('%s', async (kind) => {
    const { writeFileSync, appendFileSync } = await import('node:fs');
    const isQuote = kind === 'stray-quote-costs-rows';
    const name = isQuote ? 'followed.' : '';
    const { id, out } = await deploy(kind, name);
    await eventually('it is followed', async () => (await statusOf(id)).components[0]!.sentence.includes('Following'));
    const path = join(server.dataDir, kind, isQuote ? 'followed.csv' : 'log.csv');
    if (isQuote) writeFileSync(path, readFileSync(join(folder, kind, 'followed.csv')));
    else appendFileSync(path, readFileSync(join(folder, kind, 'added-later.csv')));
    const { rows } = expectedOf(kind, name);
    await eventually('the rows', async () => Promise.resolve(rowsOf(out).length >= rows!.length));
    expect(rowsOf(out)).toEqual(rows);
  });

  it.each([
    ['latin1.', 'ort'],
    ['latin1-text.', 'line'],
  ])('text that is no UTF-8 is said, and read with the setting: %s', async (name, field) => {
    const kind = 'text-of-other-encodings-is-mangled';
    const { id, out } = await deploy(kind, name);
    await eventually('words', async () =>
      JSON.stringify([await statusOf(id), await lettersOf(id)]).includes('windows-1252'),
    );
    expect(textOf(out)).toBe('');
    const read = await deploy(kind, name, (flow) => {
      Object.assign(flow, { id: `${name.slice(0, -1)}-read` });
      flow.components.at(-1)!.config['path'] = `${name}read.ndjson`;
      flow.components[0]!.config['encoding'] = 'windows-1252';
    });
    await eventually('the row', async () => Promise.resolve(rowsOf(read.out).length > 0));
    expect((rowsOf(read.out)[0] as Record<string, string>)[field]).toMatch(/^(Köln|Außentemperatur 21 °C)$/);
  });
});

describe('findings', () => {
  it.each([
    ['map-throws-values-away', 'two-onto-one.', 'x'],
    ['zero-does-not-mean-never', 'line.', 'max_line'],
  ])('%s: %s', async (kind, name, word) => {
    const { deployed } = await deploy(kind, name);
    expect(deployed.status).toBe(422);
    expect(JSON.stringify(deployed.body)).toContain(word);
  });
});

describe('a file of CSV holds every value', () => {
  const inject = async (id: string, payloads: readonly unknown[]) =>
    server.call('POST', `/api/v1/flows/${id}/components/in/inject`, { payloads });
  const given = (name: string): readonly unknown[] =>
    (
      JSON.parse(readFileSync(join(folder, 'csv-output-leaves-values-out', `${name}.inject.json`), 'utf8')) as {
        payloads: unknown[];
      }
    ).payloads;

  it.each(['path', 'line-end-in-a-name', 'late-field'])('%s', async (name) => {
    const { id, out } = await deploy('csv-output-leaves-values-out', `${name}.`);
    for (const payload of given(name)) {
      await inject(id, [payload]);
      await server.call('POST', `/api/v1/flows/${id}/stop?wait=10s`);
      await server.call('POST', `/api/v1/flows/${id}/start?wait=10s`);
    }
    const expected = join(folder, 'csv-output-leaves-values-out', `${name}.expected.csv`);
    expect(textOf(out)).toBe(existsSync(expected) ? readFileSync(expected, 'utf8') : 'a,b\n1,\n2,3\n');
  });
});

describe('real recordings through a filter', () => {
  it.each<[string, string, readonly object[], number]>([
    ['csv/machine-temperature.csv', 'csv', [{ field: 'value', operator: 'gt', value: 100 }], 1586],
    ['csv/room-occupancy.csv', 'csv', [{ field: 'CO2', operator: 'gt', value: 1000 }], 974],
    [
      'ndjson/wiki-edits.ndjson',
      'json_lines',
      [
        { field: 'isRobot', operator: 'eq', value: false },
        { field: 'added', operator: 'gt', value: 500 },
      ],
      630,
    ],
  ])('%s leaves as many as were counted by other means', async (name, format, rules, count) => {
    const id = name.replace(/\W/g, '-');
    cpSync(recordingPath(name), join(server.dataDir, id));
    await server.call('POST', '/api/v1/flows', {
      id,
      components: [
        { id: 'in', type: 'file_input', config: { path: id, format } },
        { id: 'keep', type: 'json_filter', config: { rules } },
        { id: 'out', type: 'file_output', config: { path: `${id}.out`, max_size: '0B', max_age: '0s' } },
      ],
    });
    await server.call('POST', `/api/v1/flows/${id}/deploy?wait=10s`);
    await eventually('all rows', async () => Promise.resolve(rowsOf(`${id}.out`).length >= count));
    expect(rowsOf(`${id}.out`)).toHaveLength(count);
  });
});
