import { request } from 'node:http';
import { WebSocket } from 'ws';
import { deploy, startServer, statusOf } from '../contenders/semstreams.mjs';
import { badLine } from '../load/bad-line.mjs';
import { restCore } from '../measure/cores.mjs';
import { freePort } from '../measure/ports.mjs';
import { sleep } from '../measure/statistics.mjs';
import { milliseconds, perSecond, seconds, times } from '../report/figures.mjs';

const many = 1_000_000;
const few = 150_000;
const livePerSecond = 1000;
const longestSeconds = 150;

/** Two locations on one machine, each on a core of its own with its nats-server. */
export const p19 = {
  id: 'p19',
  title: 'a link between two locations',
  async run({ node, say }) {
    const a = await startServer({ node });
    const b = await startServer({ node, core: restCore });
    const pair = { a, b, say };
    const far = await drained(pair, 'far', { count: few, line: { delayMs: 100, stallMs: 2000, everyMs: 10_000 } });
    const packed = await drained(pair, 'packed', { count: few, compression: 'deflate', line: {} });
    const behind = await drained(pair, 'behind', { count: many, isLive: true });
    await Promise.all([a.stop(), b.stop()]);
    const claim = (measure, figure, beside, target, isMet) => ({
      measure,
      ours: figure,
      beside,
      found: figure,
      target,
      isMet,
    });
    return [
      claim(
        'link, guaranteed on both sides, 200 bytes',
        perSecond(many / behind.took),
        'what waited, with live data beside it',
        `≥ ${perSecond(80_000)}`,
        many / behind.took >= 80_000,
      ),
      claim('link, a million that waited', seconds(behind.took), '', '≤ 60 s', behind.took <= 60),
      claim(
        'link, p99 of live data beside that',
        milliseconds(behind.p99),
        `${perSecond(livePerSecond)}, ${behind.arrived} of ${behind.sent} by then`,
        '≤ 1 000 ms',
        behind.p99 <= 1000,
      ),
      claim(
        'link, 200 ms round trip, stalls of 2 s in 10 s',
        perSecond(few / far.took),
        '',
        `≥ ${perSecond(5000)}`,
        few / far.took >= 5000,
      ),
      claim('link, bytes on the line for each of payload', times(far.bytes), '', '≤ 1.1 ×', far.bytes <= 1.1),
      claim('the same packed', times(packed.bytes), 'telemetry of 50 vehicles', '≤ 0.3 ×', packed.bytes <= 0.3),
    ];
  },
};

/** Lets messages wait at A, then connects B: how long it takes until B has them, in seconds, and what went over the line. */
const drained = async ({ a, b, say }, id, { count, line, compression = 'none', isLive = false }) => {
  const [input, output, live] = [await freePort(), await freePort(), await freePort()];
  await deploy(a.address, sendingFlow(id, { input, output }));
  const payloadBytes = await fill(input, count);
  const between = line && (await badLine(output, line));
  const port = between?.port ?? output;
  const begin = performance.now();
  await deploy(b.address, receivingFlow(id, { port, compression, live }));
  // what is sent before the receiver is greeted lies behind as well
  while (isLive && (await takenIn(b.address, id)) === 0) await sleep(0.05);
  const beside = isLive ? liveBeside(input, live) : undefined;
  while ((await takenIn(b.address, id)) < count) {
    if (performance.now() - begin > longestSeconds * 1000) break;
    await sleep(0.1);
  }
  const took = (performance.now() - begin) / 1000;
  const delays = await beside?.stop();
  between?.close();
  for (const { address } of [a, b]) await fetch(`${address}/api/v1/flows/${id}/stop?wait=20s`, { method: 'POST' });
  say(`${id}: ${count} in ${took.toFixed(1)} s`);
  return { took, bytes: (between?.counted.bytes ?? 0) / payloadBytes, ...delays };
};

const takenIn = async (address, id) => (await statusOf(address, id)).components[0].in_total;

const buffer = { max_bytes: '1GB', when_full: 'block' };

const sendingFlow = (id, { input, output }) => ({
  id,
  components: [
    { id: 'in', type: 'http_input', config: { host: '127.0.0.1', port: input, format: 'json_lines' } },
    {
      id: 'far',
      type: 'websocket_output',
      config: { host: '127.0.0.1', port: output, catch_up: 'newest_first', forget_beyond: '2GB' },
    },
  ],
  connections: [{ from: 'in', to: 'far', delivery: 'guaranteed', buffer }],
});

const receivingFlow = (id, { port, compression, live }) => ({
  id,
  components: [
    { id: 'near', type: 'websocket_input', config: { url: `ws://127.0.0.1:${port}`, compression } },
    { id: 'file', type: 'file_output', config: { path: `${id}.ndjson`, keep: 1 } },
    { id: 'now', type: 'json_filter', config: { rules: [{ field: 'sent', operator: 'exists' }] } },
    {
      id: 'seen',
      type: 'websocket_output',
      config: { host: '127.0.0.1', port: live, when_away: 'drop' },
    },
  ],
  connections: [
    { from: 'near', to: 'file', delivery: 'guaranteed', buffer },
    { from: 'near', to: 'now', delivery: 'live' },
    { from: 'now.out', to: 'seen', delivery: 'live' },
  ],
});

/** Telemetry of about 200 bytes. */
const record = (n) =>
  JSON.stringify({
    vehicle: `vehicle-${n % 50}`,
    n,
    lat: 47.3769 + (n % 977) / 1e5,
    lon: 8.5417 + (n % 1013) / 1e5,
    relative_alt: 1000 + (n % 317),
    battery: 100 - (n % 71),
    heading: (n * 7) % 360,
    status: 'ACTIVE',
    mode: 'AUTO',
    satellites: 8 + (n % 7),
  });

const batchOf = 2000;
const linesAtOnce = 4;

/** Resolves with how many bytes of payloads that was. */
const fill = async (port, count) => {
  let next = 0;
  let bytes = 0;
  const line = async () => {
    while (next < count) {
      const from = next;
      next += batchOf;
      const body = Array.from({ length: Math.min(batchOf, count - from) }, (_, index) => record(from + index)).join(
        '\n',
      );
      bytes += body.length;
      while ((await post(port, body)) !== 202);
    }
  };
  await Promise.all(Array.from({ length: linesAtOnce }, line));
  return bytes;
};

/** Sends messages that say when they were sent, until it is stopped; how long they took to arrive. */
const liveBeside = (input, live) => {
  const delays = [];
  let isStopped = false;
  let sent = 0;
  const client = new WebSocket(`ws://127.0.0.1:${live}`);
  client.on('message', (text) => delays.push(Date.now() - JSON.parse(text).sent));
  const perBatch = livePerSecond / 10;
  const work = async () => {
    while (!isStopped) {
      const body = Array.from({ length: perBatch }, () => JSON.stringify({ sent: Date.now() })).join('\n');
      await post(input, body);
      sent += perBatch;
      await sleep(0.1);
    }
  };
  const done = work();
  return {
    async stop() {
      isStopped = true;
      await done;
      client.terminate();
      const sorted = delays.toSorted((one, other) => one - other);
      return { sent, arrived: delays.length, p99: sorted[Math.floor(sorted.length * 0.99)] ?? Infinity };
    },
  };
};

const post = (port, body) =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-ndjson', 'content-length': Buffer.byteLength(body) };
    const sending = request({ host: '127.0.0.1', port, method: 'POST', path: '/', headers }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode));
    });
    sending.once('error', reject);
    sending.end(body);
  });
