import { passing, send, takeNumbers } from './load.mjs';
import { cpuUs, memoryOf } from './usage.mjs';

/** One step: records at one rate for some seconds, and what became of them. Latencies in ms, CPU in µs per record, memory in MB. */
export const runStep = async (contender, receiver, { rate, seconds, protocol = 'udp' }) => {
  const first = takeNumbers(Math.ceil(Math.max(rate, 400_000) * (seconds + 1)));
  await receiver.begin(first);
  const { ids } = contender;
  const before = ids.map(cpuUs);
  const { sent, seconds: took } = await send({ protocol, port: contender.port, rate, seconds, first });
  const expected = passing(first, sent);
  const got = await receiver.settled(expected);
  const cpu = ids.map((id, index) => (cpuUs(id) - before[index]) / sent);
  return {
    rate,
    sent,
    sentPerSecond: Math.round(sent / took),
    expected,
    received: got.distinct,
    lost: expected - got.distinct,
    doubles: got.doubles,
    late: got.late,
    p50: got.p50 / 1000,
    p99: got.p99 / 1000,
    worst: got.worst / 1000,
    lagMs: got.last_ms - took * 1000,
    cpu: cpu.reduce((sum, each) => sum + each, 0),
    cpuByProcess: cpu,
    memory: ids.map((id) => memoryOf(id) / 1024 ** 2),
  };
};
