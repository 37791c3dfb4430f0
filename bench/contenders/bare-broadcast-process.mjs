/** `bare-broadcast-process.mjs PORT WEBSOCKET_PORT`: what passes the filter goes to every client, by `send` in a loop. */
import { createSocket } from 'node:dgram';
import { WebSocketServer } from 'ws';

const [port, webSocketPort] = [Number(process.argv[2]), Number(process.argv[3])];
const server = new WebSocketServer({
  host: '127.0.0.1',
  port: webSocketPort,
  perMessageDeflate: false,
  backlog: 10_000,
});
const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 ** 2 });
socket.on('message', (datagram) => {
  if (!(JSON.parse(datagram.latin1Slice()).battery >= 20)) return;
  for (const client of server.clients) client.send(datagram, { binary: false });
});
socket.bind(port, '127.0.0.1', () => console.log('ready'));
