import { connect, createServer } from 'node:net';

/**
 * A line to a port that takes so long each way, and now and then lets nothing through for a while: all in milliseconds. It counts
 * the bytes that come from the port.
 */
export const badLine = async (farPort, { delayMs = 0, stallMs = 0, everyMs = Infinity } = {}) => {
  const counted = { bytes: 0 };
  const begin = performance.now();
  const stallLeft = () => Math.max(0, stallMs - ((performance.now() - begin) % everyMs));
  const carry = (from, to, count) => {
    from.on('data', (chunk) => {
      if (count) counted.bytes += chunk.length;
      if (delayMs === 0) return to.write(chunk);
      setTimeout(() => to.write(chunk), delayMs + (stallMs > 0 ? stallLeft() : 0));
    });
    from.on('close', () => to.destroy());
    from.on('error', () => to.destroy());
  };
  const server = createServer((near) => {
    const far = connect(farPort, '127.0.0.1');
    for (const socket of [near, far]) socket.setNoDelay(true);
    carry(near, far, false);
    carry(far, near, true);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: server.address().port, counted, close: () => server.close() };
};
