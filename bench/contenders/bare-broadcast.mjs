import { join } from 'node:path';
import { endProcess, productCore, spawnOn } from '../measure/cores.mjs';
import { freePort } from '../measure/ports.mjs';

/** UDP in, and every datagram as it is to every client in a plain loop over `ws`. */
export const startBareBroadcast = async ({ node }) => {
  const [port, webSocketPort] = [await freePort(), await freePort()];
  const script = join(import.meta.dirname, 'bare-broadcast-process.mjs');
  const child = spawnOn(productCore, node, [script, String(port), String(webSocketPort)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return {
    name: 'bare ws loop',
    ids: [child.pid],
    port,
    webSocket: { port: webSocketPort, path: '/' },
    stop: () => endProcess(child),
  };
};
