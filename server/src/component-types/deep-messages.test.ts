import { createSocket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { limits } from '../engine/limits.ts';
import { fileInput } from './inputs/file-input/file-input.component.ts';
import { fileOutput } from './outputs/file-output/file-output.component.ts';
import { until } from '../component-kit/testing/rehearsal.ts';
import { stage, type Stage } from '../component-kit/testing/stage.ts';
import { tcpInput } from './inputs/tcp-input/tcp-input.component.ts';
import { udpInput } from './inputs/udp-input/udp-input.component.ts';

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const lines = [1, 2, 3, 4, 5].map((n) => (n === 3 ? `{"n":3,"d":${nested(20_000)}}` : `{"n":${n}}`));
const others = [1, 2, 4, 5].map((n) => ({ n }));
const refused = `it is nested deeper than the ${limits.levels} levels that a message may have`;

let dataDir: string;
let tested: Stage;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'semstreams-'));
});
afterEach(async () => {
  await tested.close(AbortSignal.timeout(2000));
  rmSync(dataDir, { recursive: true });
});

const costsItselfAlone = async (prefix = ''): Promise<void> => {
  await until('the others are there', () => tested.arrived['out']!.length >= 4);
  expect(tested.arrived['out']).toEqual(others);
  expect([tested.invalid, tested.failures]).toEqual([[prefix + refused], []]);
};

it('a deeply nested line of a file costs itself alone', async () => {
  writeFileSync(join(dataDir, 'in.ndjson'), lines.join('\n'));
  tested = stage(fileInput, { path: 'in.ndjson' }, { dataDir });
  await tested.open();
  await costsItselfAlone('line 3: ');
});

it('a deeply nested packet costs itself alone', async () => {
  tested = stage(udpInput, { host: '127.0.0.1', port: 0 }, { dataDir });
  await tested.open();
  const socket = createSocket('udp4');
  for (const line of lines)
    await new Promise((resolve) => socket.send(line, tested.facts()['listening'] as number, '127.0.0.1', resolve));
  socket.close();
  await costsItselfAlone();
});

it('a deeply nested line of a sender costs itself alone', async () => {
  tested = stage(tcpInput, { host: '127.0.0.1', port: 0 }, { dataDir });
  await tested.open();
  const sender = connect(tested.facts()['listening'] as number, '127.0.0.1', () => sender.end(`${lines.join('\n')}\n`));
  await costsItselfAlone();
});

it('what people send by hand may be as deep, and is refused beyond that', async () => {
  tested = stage(fileOutput, { path: 'out.ndjson' }, { dataDir });
  await tested.open();
  await tested.feed([JSON.parse(nested(limits.levels))]);
  await expect(tested.feed([JSON.parse(nested(limits.levels + 1))])).rejects.toThrow(refused);
  await tested.feed([{ n: 1 }]);
  expect(readFileSync(join(dataDir, 'out.ndjson'), 'utf8')).toBe(`${nested(limits.levels)}\n{"n":1}\n`);
});
