import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createUser } from '@nats-io/nkeys';
import { expect, it, onTestFinished } from 'vitest';
import { Broker } from '../harness/broker.ts';
import { faultsOfAny, signal } from '../harness/faults-of-any.ts';
import { inForm, seed } from '../harness/form.ts';
import { Product } from '../harness/product.ts';
import { type Faults, Trial } from '../harness/trial.ts';
import { until } from '../harness/until.ts';
import { Wire } from '../harness/wire.ts';

const ofLane = (name: string): boolean => name.endsWith(' lane');
const ofAll = (): boolean => true;

it(`random faults around an external NATS, seed ${seed}: each number arrives, in order`, async () => {
  const user = createUser();
  const folder = mkdtempSync(join(tmpdir(), 'semstreams-key-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const key = join(folder, 'user.nk');
  writeFileSync(key, user.getSeed());
  const broker = await Broker.started(`authorization { users: [ { nkey: ${user.getPublicKey()} } ] }`);
  const wire = await Wire.to(broker.port);
  const settings = { SEMSTREAMS_NATS_URL: wire.url, SEMSTREAMS_NATS_NKEY_FILE: key };
  const trial = await Trial.begun({ settings });

  /** A lane connects when its first flow needs it, and again after each fault: there is something to cut. */
  const connected = async (isMeant: (name: string) => boolean) =>
    until('there is a connection to cut', () => wire.has(isMeant));
  const without = async (isMeant: (name: string) => boolean): Promise<void> => {
    await connected(isMeant);
    wire.refuse(isMeant);
    await trial.while();
    wire.letIn();
  };
  const faults: Faults = {
    ...faultsOfAny(trial),
    'lanes cut off': async () => {
      await connected(ofLane);
      wire.cut(ofLane);
    },
    'lanes without NATS': async () => without(ofLane),
    'all without NATS': async () => without(ofAll),
    'lanes unheard': async () => {
      await connected(ofLane);
      const letGo = wire.hold(ofLane);
      await trial.while();
      letGo();
    },
    'lanes cut off while their key is away': async () => {
      await connected(ofLane);
      renameSync(key, `${key}.away`);
      wire.cut(ofLane);
      await trial.while();
      renameSync(`${key}.away`, key);
    },
    'all cut off while their key is away': async () => {
      renameSync(key, `${key}.away`);
      wire.cut(ofAll);
      await trial.while();
      renameSync(`${key}.away`, key);
    },
    'NATS killed': async () => {
      await broker.kill();
      await trial.while();
      await broker.start();
    },
    'NATS frozen': async () => {
      signal(broker.processId, 'SIGSTOP');
      await trial.while();
      signal(broker.processId, 'SIGCONT');
    },
    'a second server': async () => {
      const second = await Product.prepared({ settings });
      const end = await second.startUntilItEnds();
      expect(end).toEqual({
        code: 1,
        printed: expect.stringMatching(/this NATS account is used by "[^"]+" on /) as string,
      });
    },
  };
  await trial.go('random faults around an external NATS', faults, inForm({ short: 15_000, long: 10 * 60_000 }));
});
