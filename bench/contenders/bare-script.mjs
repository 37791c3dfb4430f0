import { join } from 'node:path';
import { endProcess, productCore, spawnOn } from '../measure/cores.mjs';
import { freePort } from '../measure/ports.mjs';

/** A script of sixty lines that does by hand what the flow does, as a contender: what Node can do when nothing is in its way. */
export const startBareScript = async ({ node, flow: { protocol = 'udp' } = {} }) => {
  const [port, webSocketPort] = [await freePort(), await freePort()];
  const script = join(import.meta.dirname, 'bare-script-process.mjs');
  const child = spawnOn(productCore, node, [script, protocol, String(port), String(webSocketPort)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return {
    name: 'bare script',
    ids: [child.pid],
    port,
    webSocket: { port: webSocketPort, path: '/' },
    stop: () => endProcess(child),
  };
};
