/** `npm test`: sets up what is missing and runs every check; `npm test -- unit lint` runs those alone. */
import { checks } from './checks.mjs';
import { ensureBuild } from './setup/build.mjs';
import { ensureChromium } from './setup/chromium.mjs';
import { ensureNatsServer } from './setup/nats-server.mjs';
import { checkNode } from './setup/node-version.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { ensurePromtool } from './setup/promtool.mjs';
import { orExplain, say, SetupError } from './setup/say.mjs';

const { passed, failed } = await orExplain(
  async () => {
    checkNode();
    const wanted = chosen(process.argv.slice(2));
    await ensurePackages();
    await ensureNatsServer();
    await ensureChromium();
    await ensurePromtool();
    await ensureBuild();

    const total = { passed: 0, failed: 0 };
    for (const { title, run } of wanted) {
      say(title);
      const { passed, failed } = await run();
      total.passed += passed;
      total.failed += failed;
    }
    return total;
  },
  { whenInterrupted: 130 },
);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

function chosen(names) {
  const unknown = names.find((name) => !(name in checks));
  if (unknown !== undefined)
    throw new SetupError(`there is no check "${unknown}"; there are ${Object.keys(checks).join(', ')}`);
  return names.length === 0 ? Object.values(checks) : names.map((name) => checks[name]);
}
