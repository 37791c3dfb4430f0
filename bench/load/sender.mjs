/** What `sender.c` does, where there is no compiler: `sender.mjs udp|tcp HOST PORT RATE SECONDS FIRST`. Slower: it may be the limit. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';

const [protocol, host, ...numbers] = process.argv.slice(2);
const [port, rate, seconds, first] = numbers.map(Number);
/** So many are sent between two looks at the clock. */
const mostAtOnce = 64;

const start = (sequence) =>
  `{"sequence":${sequence},"sent":${Math.round((performance.timeOrigin + performance.now()) * 1000)}`;
const middle = ',"vehicle":"kite-07","mode":"AUTO","armed":true,"battery":';
const rest =
  ',"voltage":22.41,"position":{"lat":47.397742,"lon":8.545594,"alt":488.6},"attitude":{"roll":0.012,"pitch":-0.034,"yaw":1.571},"speed":12.4,"heading":270,"link":{"rssi":-67,"loss":0.2},"text":".......';
const record = (sequence) => `${start(sequence)}${middle}${10 + (sequence % 5) * 20}${rest}"}`;

const openUdp = async () => {
  const socket = createSocket({ type: 'udp4', sendBufferSize: 4 * 1024 ** 2 });
  socket.connect(port, host);
  await once(socket, 'connect');
  const send = async (from, count) => {
    const sent = [];
    for (let index = 0; index < count; index += 1)
      sent.push(new Promise((resolve) => socket.send(record(from + index), resolve)));
    await Promise.all(sent);
  };
  return { send, close: () => socket.close() };
};

const openTcp = async () => {
  const socket = connect(port, host);
  await once(socket, 'connect');
  const send = async (from, count) => {
    const lines = Array.from({ length: count }, (_, index) => `${record(from + index)}\n`);
    if (!socket.write(lines.join(''))) await once(socket, 'drain');
  };
  return { send, close: () => socket.end() };
};

const { send, close } = await (protocol === 'udp' ? openUdp() : openTcp());
const begin = performance.now();
const elapsed = () => Math.min(seconds, (performance.now() - begin) / 1000);
let [sent, behind] = [0, 0];
for (let now = 0; now < seconds;) {
  now = elapsed();
  const due = rate === 0 ? sent + mostAtOnce : Math.floor(now * rate);
  behind = Math.max(behind, rate === 0 ? 0 : (due - sent) / rate);
  while (sent < due) {
    const count = Math.min(mostAtOnce, due - sent);
    await send(first + sent, count);
    sent += count;
  }
  await new Promise((resolve) => setImmediate(resolve));
}
console.log(JSON.stringify({ sent, seconds: (performance.now() - begin) / 1000, behind }));
close();
