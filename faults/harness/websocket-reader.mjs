/** `node websocket-reader.mjs <port>`: a receiver in a process of its own, which can be frozen. Prints how many messages it got. */
import WebSocket from 'ws';

const socket = new WebSocket(`ws://127.0.0.1:${process.argv[2]}/`);
let got = 0;
let highest = -1;
let gaps = 0;
let lowest = Infinity;
socket.on('message', (data) => {
  got += 1;
  const { n } = JSON.parse(String(data));
  if (n > highest + 1 && got > 1) gaps += n - highest - 1;
  lowest = Math.min(lowest, n);
  highest = Math.max(highest, n);
});
socket.on('open', () => process.send?.({ isOpen: true }));
socket.on('close', () => process.exit(0));
process.on('message', () => process.send?.({ got, highest, lowest, gaps }));
