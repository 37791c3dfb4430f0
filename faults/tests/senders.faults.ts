import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { figures, inForm } from '../harness/form.ts';
import { freePort } from '../harness/ports.ts';
import { Product } from '../harness/product.ts';
import { until } from '../harness/until.ts';

const file = 'lines.ndjson';
const flow = (port: number, longest: string, acknowledgement: string) => ({
  id: 'lines',
  name: 'Lines',
  components: [
    {
      id: 'in',
      type: 'tcp_input',
      config: { host: '127.0.0.1', port, longest_line: longest, acknowledgement },
    },
    { id: 'out', type: 'file_output', config: { path: file, max_size: '0B', max_age: '0s' } },
  ],
  connections: [{ from: 'in', to: 'out', delivery: 'guaranteed' as const }],
});

const written = (product: Product): ReadonlySet<number> => {
  const text = readFileSync(join(product.dataDir, file), 'utf8').split('\n').slice(0, -1);
  return new Set(text.map((line) => (JSON.parse(line) as { n: number }).n));
};
const missing = (product: Product, upTo: number): number => {
  const there = written(product);
  return Array.from({ length: upTo }, (_, n) => n).filter((n) => !there.has(n)).length;
};

it('R9: lines that a sender hands over are taken in whatever is deployed, and when the server ends in order', async () => {
  const port = await freePort();
  const product = await Product.started();
  await product.deploy(flow(port, '1MB', ''));
  const sender = connect(port, '127.0.0.1');
  onTestFinished(() => void sender.destroy());
  let n = 0;
  let isCut = false;
  sender.on('close', () => (isCut = true));
  const writing = setInterval(() => {
    for (let count = 0; count < 20 && sender.writable; count += 1) sender.write(`{"n":${n++}}\n`);
  }, 2);
  sender.on('end', () => clearInterval(writing));
  for (const longest of ['2MB', '3MB', '4MB', '5MB', '6MB']) await product.deploy(flow(port, longest, ''));
  expect(isCut).toBe(false);
  await product.stop();
  clearInterval(writing);
  await product.start();
  await until('all are written', async () => written(product).size >= n).catch(() => undefined);
  figures('R9', { lines: n, missing: missing(product, n) });
  expect(missing(product, n)).toBe(0);
});

it('R1: an acknowledged line is never lost, and what was not is sent again, through kill -9', async () => {
  const kills = inForm({ short: 2, long: 10 });
  const port = await freePort();
  const product = await Product.started();
  await product.deploy(flow(port, '1MB', 'ok {count}'));
  let acknowledged = 0;
  let socket: Socket | undefined;
  let isOver = false;
  onTestFinished(() => {
    isOver = true;
    socket?.destroy();
  });
  /** One connection: numbers from the first that is not acknowledged on, until it breaks. */
  const begin = (): void => {
    if (isOver) return;
    const first = acknowledged;
    let next = first;
    let said = '';
    const present = connect(port, '127.0.0.1');
    socket = present;
    const writing = setInterval(() => {
      for (let count = 0; count < 20 && next - acknowledged < 10_000; count += 1) present.write(`{"n":${next++}}\n`);
    }, 2);
    present.on('data', (chunk) => {
      const lines = (said + chunk.toString()).split('\n');
      said = lines.pop()!;
      const last = lines.at(-1);
      if (last !== undefined) acknowledged = Math.max(acknowledged, first + Number(last.slice('ok '.length)));
    });
    present.on('error', () => undefined);
    present.on('close', () => {
      clearInterval(writing);
      setTimeout(begin, 50);
    });
  };
  begin();
  for (let kill = 0; kill < kills; kill += 1) {
    const before = acknowledged;
    await until('lines are acknowledged', async () => acknowledged > before + 500);
    await product.kill();
    await product.start();
  }
  const before = acknowledged;
  await until('lines are acknowledged again', async () => acknowledged > before + 500);
  const safe = acknowledged;
  await until('all of them are written', async () => missing(product, safe) === 0).catch(() => undefined);
  figures('R1 by TCP', { acknowledged: safe, lost: missing(product, safe), kills });
  expect(missing(product, safe)).toBe(0);
});
