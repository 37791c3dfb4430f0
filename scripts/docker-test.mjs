/**
 * `npm run test:docker`: follows docs/deployment.md from an empty machine, on the Docker Engine that is there.
 * `npm run test:docker -- image backup` runs those chapters alone; `capacity` is run by its name only.
 * DOCKER_TEST_CACHED=1 takes what earlier builds left, for work on a chapter. What it starts is called `semstreams-test` and gone at the end; an installation of yours is not touched.
 */
import { backup } from './docker-test/backup.mjs';
import { bareMetal } from './docker-test/bare-metal.mjs';
import { capacity } from './docker-test/capacity.mjs';
import { obtain, whyNoEngine } from './docker-test/engine.mjs';
import { flow } from './docker-test/flow.mjs';
import { guide } from './docker-test/guide.mjs';
import { buildImages, image, images } from './docker-test/image.mjs';
import { install } from './docker-test/install.mjs';
import { Installation } from './docker-test/installation.mjs';
import { limits } from './docker-test/limits.mjs';
import { observability } from './docker-test/observability.mjs';
import { onlineBackup } from './docker-test/online-backup.mjs';
import { secrets } from './docker-test/secrets.mjs';
import { services } from './docker-test/services.mjs';
import { counts, note } from './docker-test/steps.mjs';
import { swarm } from './docker-test/swarm.mjs';
import { tls } from './docker-test/tls.mjs';
import { update } from './docker-test/update.mjs';

const chapters = {
  image,
  install,
  limits,
  flow,
  'online-backup': onlineBackup,
  backup,
  update,
  tls,
  observability,
  services,
  secrets,
  swarm,
  guide,
  'bare-metal': bareMetal,
};
const onRequest = { capacity };
/** They do not find an installation, or make their own. */
const selfMade = new Set(['image', 'install', 'guide', 'bare-metal']);

/** Ends with the line that all suites of this project end with. */
const end = () => {
  const { passed, failed } = counts();
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed > 0 ? 1 : 0);
};

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in chapters) && !(name in onRequest));
if (unknown !== undefined) {
  console.error(`there is no chapter "${unknown}"; there are ${Object.keys({ ...chapters, ...onRequest }).join(', ')}`);
  process.exit(1);
}

const reason = whyNoEngine() ?? obtain(images.bases);
if (reason !== undefined) {
  note(`skipped: ${reason}`);
  end();
}

const installation = new Installation();
const stop = () => {
  installation.destroy();
  process.exit(1);
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
try {
  await buildImages();
  for (const [name, chapter] of Object.entries({ ...chapters, ...onRequest })) {
    if (wanted.length === 0 ? name in onRequest : !wanted.includes(name)) continue;
    note(name);
    if (!selfMade.has(name)) await installation.ensureUp();
    await chapter(installation);
  }
} finally {
  installation.destroy();
}
end();
