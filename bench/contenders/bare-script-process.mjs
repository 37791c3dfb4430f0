/** `bare-script-process.mjs udp|tcp PORT WEBSOCKET_PORT`: the flow of the table as plain code, with the sockets corked for each turn. */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { WebSocketServer } from 'ws';

const [protocol, port, webSocketPort] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const sockets = new Set();
const webSockets = new WebSocketServer({ host: '127.0.0.1', port: webSocketPort, perMessageDeflate: false });
webSockets.on('connection', (client, { socket }) => {
  const entry = { client, socket };
  sockets.add(entry);
  client.on('close', () => sockets.delete(entry));
});

let texts = [];
const flush = () => {
  const batch = texts;
  texts = [];
  for (const { client, socket } of sockets) {
    socket.cork();
    for (const text of batch) client.send(text, unmasked);
    socket.uncork();
  }
};
const unmasked = { binary: false, compress: false };

const take = (text) => {
  const { vehicle, ...record } = JSON.parse(text);
  if (!(record.battery >= 20)) return;
  record.name = vehicle;
  record.speed *= 3.6;
  record.site = 'north';
  if (texts.push(JSON.stringify(record)) === 1) setImmediate(flush);
};

if (protocol === 'udp') {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 ** 2 });
  socket.on('message', (datagram) => take(datagram.latin1Slice()));
  socket.bind(port, '127.0.0.1', () => console.log('ready'));
} else {
  const server = createServer((socket) => {
    let rest = '';
    socket.on('data', (chunk) => {
      const lines = (rest + chunk.latin1Slice()).split('\n');
      rest = lines.pop();
      lines.forEach(take);
    });
  });
  server.listen(port, '127.0.0.1', () => console.log('ready'));
}
