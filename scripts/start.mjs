/** `npm start`: sets up what is missing, builds what has changed, and runs the product with the example flows. */
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { ensureBuild } from './setup/build.mjs';
import { ensureNatsServer } from './setup/nats-server.mjs';
import { checkNode } from './setup/node-version.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { root } from './setup/root.mjs';
import { orExplain } from './setup/say.mjs';

await orExplain(
  async () => {
    checkNode();
    await ensurePackages();
    await ensureNatsServer();
    await ensureBuild();
  },
  { whenInterrupted: 0 },
);

process.chdir(root);
if (process.env.SEMSTREAMS_FLOWS_DIR === undefined) {
  process.env.SEMSTREAMS_FLOWS_DIR = join(root, 'examples', 'flows');
  layOutRecording(join(root, 'examples', 'data', 'mavlink', 'sitl-copter.tlog.gz'));
  layOutRecording(join(root, 'examples', 'data', 'nmea', 'harbour-gofree.nmea.gz'));
}
// who presses Ctrl+C at a terminal does not want to wait for ten seconds
process.env.SEMSTREAMS_SHUTDOWN_TIMEOUT ??= '3s';
await import('../server/dist/main.js');

/** The example flow and templates replay recordings from the data folder. */
function layOutRecording(recording) {
  const folder = join(resolve(process.env.SEMSTREAMS_DATA_DIR || 'data'), 'recordings');
  const place = join(folder, basename(recording));
  if (existsSync(place)) return;
  mkdirSync(folder, { recursive: true });
  copyFileSync(recording, place);
}
