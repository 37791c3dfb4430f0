import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Access } from './access/access.ts';
import { UnreadableAccess } from './access/kept-file.ts';
import { AppModule } from './app.module.ts';
import { readSettings } from './config/read-settings.ts';
import { type Settings, settingsOf } from './config/settings.ts';
import { Provisioning } from './flows/provisioning.ts';
import { Nats } from './nats/nats.ts';
import { checkDataFolder, UnusableData } from './machine/data-folder.ts';
import { DataInUse, lockData } from './machine/data-lock.ts';
import { diskProblemOf } from './machine/disk-problem.ts';
import { leave } from './machine/leave.ts';
import { standardError, standardOutput } from './machine/outlet.ts';
import { useReserve } from './machine/reserve.ts';
import { about } from './config/about.ts';
import { createLogger, isForPeople } from './observability/logger.ts';
import { limitTo } from './reach/reach.ts';
import { reloadOnChange } from './reload.ts';
import { Supervisor } from './supervision/supervisor.ts';
import { oldestTls } from './web/certificate.ts';
import { createApp } from './web/create-app.ts';
import { beginEnding } from './web/ending.ts';

/** How much longer than the flows the rest may take to end, in milliseconds. */
const graceMs = 4000;
/** How long what was logged last may take to be written, in milliseconds. */
const lastWordsMs = 500;
/** A signal so soon after the first is the same one again: npm passes on what the terminal has sent to all already. */
const echoMs = 1000;

/**
 * Runs the server until it is told to end by SIGINT or SIGTERM, or its terminal is closed; a second signal ends it at once.
 */
export const serve = async (configOption: string | undefined): Promise<void> => {
  const loaded = readSettings(configOption);
  const settings = settingsOf(loaded.values, loaded.files);
  limitTo(settings.reach);
  const { host, port, tls, shutdown_timeout } = settings.values;
  const log = createLogger(settings.values);
  const unlock = lock(settings);
  const app = await createApp(AppModule.with(settings), settings, log).catch((thrown: unknown) => {
    const diskProblem = diskProblemOf(thrown);
    if (!(thrown instanceof UnreadableAccess) && diskProblem === undefined) throw thrown;
    console.error(diskProblem ?? (thrown as Error).message);
    unlock();
    process.exit(1);
  });

  const end = (code: number): void => {
    unlock();
    leave(code);
  };
  let endingSince: number | undefined;
  const stop = (signal: string): void => {
    if (endingSince !== undefined) {
      if (performance.now() - endingSince > echoMs) end(1);
      return;
    }
    endingSince = performance.now();
    log.log({ msg: 'ending', signal });
    beginEnding(app.getHttpAdapter().getInstance());
    setTimeout(() => end(1), shutdown_timeout + graceMs).unref();
    void app
      .close()
      .then(
        () => 0,
        (thrown: unknown) => {
          log.error({ msg: 'could not end in order', reason: String(thrown) });
          return 1;
        },
      )
      .then(async (code) => {
        await Promise.all([standardOutput, standardError].map(async (outlet) => outlet.settled(lastWordsMs)));
        end(code);
      });
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);
  // the terminal was closed; elsewhere this signal means that the settings are to be read again
  if (process.stdin.isTTY) process.on('SIGHUP', stop);
  for (const event of ['unhandledRejection', 'uncaughtException'])
    process.on(event, (thrown: unknown) => {
      const { stack } = thrown as Partial<Error>;
      log.error({ msg: 'something was thrown and not caught', reason: String(thrown), stack });
      process.exitCode = 1;
      stop(event);
    });
  // each line is one of the log
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => log.warn({ msg: 'Node.js warns', kind: name, reason: message }));

  try {
    await app.init();
    const access = app.get(Access);
    if (access.wasOpen.length > 0)
      log.warn({
        msg: 'others on this machine could read who may do what, and cannot any more: change the passwords if somebody may have',
        files: access.wasOpen,
      });
    const passwordFile = await access.begin();
    if (passwordFile !== undefined)
      log.warn({ msg: `a first administrator was made: "admin", with the password in the file ${passwordFile}` });
    await app.getHttpAdapter().getInstance().listen({ host, port });
    // not before the port is ours: a server that has to end at once must not have run anything
    app.get(Supervisor).begin();
    app.get(Provisioning).begin();
  } catch (thrown) {
    console.error(whyNot(thrown as NodeJS.ErrnoException, host, port));
    await app.close().catch(() => undefined);
    end(1);
  }
  const server = app.getHttpServer() as Server;
  reloadOnChange({
    settings,
    loaded,
    configOption,
    log,
    useCertificate: ({ cert, key }) => server.setSecureContext({ cert, key, minVersion: oldestTls }),
  });
  void app.get(Nats).lost.then(({ message }) => {
    // at once, without draining: what is still in hand belongs to the other server now
    console.error(message);
    end(1);
  });
  void app.get(Nats).unusable.then(({ message }) => {
    console.error(message);
    process.exitCode = 1;
    app.close().then(
      () => end(1),
      () => end(1),
    );
  });
  const address = server.address() as AddressInfo;
  const shownHost = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  const ready = `SemStreams ${about.version} is ready at http${tls.enabled ? 's' : ''}://${shownHost}:${address.port}`;
  // whatever the level is; in a log for programs it is a line like the others
  const line = { level: 'info', time: new Date().toISOString(), msg: `${ready} as process ${process.pid}` };
  standardOutput.write(`${isForPeople(settings.values.log_format) ? ready : JSON.stringify(line)}\n`);
};

const whyNot = ({ code, message }: NodeJS.ErrnoException, host: string, port: number): string => {
  if (code === 'EADDRINUSE') return `port ${port} is used by another program; set SEMSTREAMS_PORT or "port"`;
  if (code === 'EACCES')
    return `this user may not listen on port ${port}: ports below 1024 need a right of their own; set SEMSTREAMS_PORT or "port"`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `this machine has no address "${host}" to listen on; set SEMSTREAMS_HOST or "host"`;
  return `the server cannot listen on ${host}:${port}: ${message}`;
};

const lock = (settings: Settings): (() => void) => {
  try {
    checkDataFolder(settings.dataDir, settings.backupFolder);
    useReserve(settings.dataDir);
    return lockData(settings.dataDir);
  } catch (thrown) {
    if (thrown instanceof DataInUse || thrown instanceof UnusableData) console.error(thrown.message);
    else console.error(`the data folder "${settings.dataDir}" cannot be written: ${whyNotWritten(thrown)}`);
    process.exit(1);
  }
};

const whyNotWritten = (thrown: unknown): string => {
  const diskProblem = diskProblemOf(thrown);
  return diskProblem === undefined ? (thrown as Error).message : `${diskProblem}, or set "data_dir"`;
};
