/** What `receiver.c` does, where there is no compiler: `receiver.mjs HOST PORT PATH [CLIENTS [SILENT]]`, told what to do by stdin. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { percentile } from '../measure/statistics.mjs';

const [host, port, path, clientCount = '1', silentCount = '0'] = process.argv.slice(2);
const now = () => (performance.timeOrigin + performance.now()) * 1000;
let counts = [];
let state;

const begin = (first) => {
  counts = Array.from({ length: Number(clientCount) }, () => 0);
  state = { first, begun: now(), lastAt: 0, highest: 0, doubles: 0, late: 0, seen: new Set(), latencies: [] };
};

const take = (text) => {
  const [, sequenceText, sentText] = /"sequence":(\d+),"sent":(\d+)/.exec(text) ?? [];
  const sequence = Number(sequenceText);
  if (!(sequence >= state.first)) return;
  if (state.seen.has(sequence)) return void (state.doubles += 1);
  state.seen.add(sequence);
  if (sequence < state.highest) state.late += 1;
  else state.highest = sequence;
  state.lastAt = now();
  state.latencies.push(Math.max(0, state.lastAt - Number(sentText)));
};

const report = () => {
  const { latencies, lastAt, begun, seen, doubles, late } = state;
  const of = (share) => (latencies.length === 0 ? 0 : Math.round(percentile(latencies, share)));
  return {
    records: counts[0],
    distinct: seen.size,
    doubles,
    late,
    p50: of(0.5),
    p99: of(0.99),
    p999: of(0.999),
    worst: of(1),
    last_ms: lastAt > begun ? (lastAt - begun) / 1000 : 0,
    least: Math.min(...counts),
    most: Math.max(...counts),
  };
};

const open = async () => {
  for (let tries = 0; ; tries += 1) {
    const client = new WebSocket(`ws://${host}:${port}${path}`, { perMessageDeflate: false });
    try {
      await once(client, 'open');
      return client;
    } catch (thrown) {
      if (tries === 200) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
};

begin(0);
for (let index = 0; index < Number(clientCount); index += 1)
  (await open()).on('message', (data) => {
    counts[index] += 1;
    if (index === 0) take(data.latin1Slice());
  });
for (let index = 0; index < Number(silentCount); index += 1) (await open()).pause();
console.log('ready');
const orders = createInterface({ input: process.stdin });
orders.on('line', (order) => {
  if (order === 'report') return console.log(JSON.stringify(report()));
  begin(Number(order.split(' ')[1]));
  console.log(JSON.stringify({ begun: true }));
});
orders.on('close', () => process.exit(0));
