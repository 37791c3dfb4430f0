import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SettingsSchema } from '../config/settings.schema.ts';
import { settingsOf } from '../config/settings.ts';
import { connectTo } from '../nats/connection/access.ts';
import { ForeignServer } from '../nats/own-server/foreign-server.ts';
import { Quarantine } from '../nats/storage/quarantine.ts';
import { StoredData } from '../nats/storage/stored-data.ts';
import { bufferStream } from '../nats/storage/stream-names.ts';
import { tryBuffer } from '../nats/storage/tried-buffer.ts';
import { writeArchive } from '../archive/archive.ts';
import { BackupFolder } from '../archive/backup-folder.ts';
import { Restoring } from './restoring.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-restored-'));
let server: ForeignServer;
let nats: Awaited<ReturnType<typeof connectTo>>;
let flows = 0;
beforeAll(async () => {
  server = await (await ForeignServer.of()).start();
  nats = await connectTo({ servers: [server.url] }, 'test');
});
afterAll(async () => {
  await nats.close();
  await server.remove();
  rmSync(dataDir, { recursive: true, force: true });
});

const settings = settingsOf(SettingsSchema.parse({ data_dir: dataDir }));
const folder = new BackupFolder(settings);
Logger.overrideLogger(false);
const newRestoring = () => new Restoring(settings, folder, new Quarantine());

/** What is stored, which a kill ends before the call of this number that changes something. */
const killedBefore = (call: number): { readonly data: StoredData; readonly wasKilled: () => boolean } => {
  let calls = 0;
  const killed = new Error('killed');
  const counted = new Set(['renewStream', 'removeStream', 'store', 'put', 'remove']);
  const data = new Proxy(new StoredData(nats), {
    get: (target, name) => {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== 'function') return value;
      if (!counted.has(String(name))) return value.bind(target) as unknown;
      return async (...given: unknown[]) => {
        calls += 1;
        if (calls >= call) throw killed;
        return value.apply(target, given) as unknown;
      };
    },
  });
  return { data, wasKilled: () => calls >= call };
};

const until = async (what: string, holds: () => boolean) => {
  for (let turn = 0; !holds(); turn += 1) {
    if (turn > 1000) throw new Error(`waited in vain until ${what}`);
    await sleep(10);
  }
};
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** A buffer whose first ten blocks are delivered, and whose next fifteen wait. */
const halfDelivered = async () => {
  const place = { flow: `f${(flows += 1)}`, from: 'in', fromPort: 'out', to: 'far', toPort: 'in' };
  const start = () => tryBuffer(nats, { dataDir, place });
  const first = start();
  first.take();
  first.letGo();
  await first.append(1, 10);
  await until('ten are delivered', () => first.got.length === 10 && first.kept().messages === 0);
  await first.stop();
  const second = start();
  await second.append(11, 25);
  await second.stop();
  const startEmpty = () => tryBuffer(nats, { dataDir, place: { ...place, flow: `${place.flow}-empty` } });
  return { start, startEmpty, remove: async () => new StoredData(nats).removeStream(bufferStream(place)) };
};

const kept = async () =>
  folder.keep(
    'restore',
    writeArchive(new StoredData(nats), {
      madeAt: new Date(),
      madeBy: 'test',
      instance: 'test',
      dataVersion: 1,
      withBuffers: true,
    }),
  );

/** All that waits comes, in order, and what is sent from now on behind it. */
const expectAll = async (buffer: Awaited<ReturnType<typeof halfDelivered>>, from: number, to: number) => {
  const run = buffer.start();
  await run.append(to + 1, to + 3);
  run.take();
  run.letGo();
  await until('nothing waits', () => run.kept().messages === 0 && run.got.includes(to + 3));
  await run.stop();
  expect([run.got, run.gone]).toEqual([numbers(from, to + 3), {}]);
  await buffer.remove();
};

/** As after a kill of both, or a power cut. */
const restartNats = async () => {
  await nats.close();
  await server.stop();
  await server.start();
  nats = await connectTo({ servers: [server.url] }, 'test');
};

describe('what waits in a buffer', () => {
  it('is in a backup also where another buffer never held anything', async () => {
    const buffer = await halfDelivered();
    const empty = buffer.startEmpty();
    await empty.append(1, 0);
    await empty.stop();
    const { path, name } = await kept();
    await newRestoring().change({ path, passphrase: undefined }, new StoredData(nats), {
      before: name,
      hasBuffers: true,
    });
    await expectAll(buffer, 11, 25);
  });

  it('comes, all of it, after a restore of it into the place where it was', async () => {
    const buffer = await halfDelivered();
    const { path, name } = await kept();
    await newRestoring().change({ path, passphrase: undefined }, new StoredData(nats), {
      before: name,
      hasBuffers: true,
    });
    await restartNats();
    await expectAll(buffer, 11, 25);
  });

  it('comes, all of it, after a restore that a kill ended at any step, and that was taken back', async () => {
    let hasEnded = false;
    for (let step = 1; !hasEnded; step += 1) {
      const buffer = await halfDelivered();
      const { path, name } = await kept();
      const { data, wasKilled } = killedBefore(step);
      await newRestoring()
        .change({ path, passphrase: undefined }, data, { before: name, hasBuffers: true })
        .catch(() => undefined);
      hasEnded = !wasKilled();
      if (step % 5 === 0) await restartNats();
      await newRestoring().takeBack(new StoredData(nats));
      if (step % 5 === 1) await restartNats();
      await expectAll(buffer, 11, 25);
    }
  }, 60_000);

  it('comes, all of it, where the backup is older than what lies there, and goes on behind it', async () => {
    const buffer = await halfDelivered();
    const { path, name } = await kept();
    const later = buffer.start();
    later.take();
    later.letGo();
    await later.append(26, 60);
    await until('all is delivered', () => later.kept().messages === 0 && later.got.includes(60));
    await later.stop();
    await newRestoring().change({ path, passphrase: undefined }, new StoredData(nats), {
      before: name,
      hasBuffers: true,
    });
    await expectAll(buffer, 11, 25);
  });
});
