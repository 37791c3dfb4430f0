import assert from 'node:assert/strict';
import { inspect } from './engine.mjs';
import { deployFlow, runningFlow } from './flow.mjs';
import { images } from './image.mjs';
import { step } from './steps.mjs';

/** From one pinned version to the next, and back. */
export const update = async (installation) => {
  const { version } = await deployFlow(installation);
  const natsStartedAt = inspect(installation.nats).State.StartedAt;

  const changeTo = async (image) => {
    installation.pin(image);
    installation.compose('stop', 'semstreams');
    const stoppedAt = Date.now();
    installation.compose('up', '-d', 'semstreams');
    const health = await installation.healthy();
    const awaySeconds = ((Date.now() - stoppedAt) / 1000).toFixed(1);
    assert.ok(health.version.startsWith(image.split(':')[1]), health.version);
    assert.equal((await runningFlow(installation)).version, version);
    assert.equal(inspect(installation.nats).State.StartedAt, natsStartedAt);
    installation.compose('up', '-d', '--wait');
    return `away for ${awaySeconds} s`;
  };

  await step('an update by a pinned image leaves flows as they are, and NATS alone', () => changeTo(images.next));
  await step('so does the way back', () => changeTo(images.present));
};
