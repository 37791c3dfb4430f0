import type { AddressInfo } from 'node:net';
import { AppModule } from './app.module.ts';
import type { Settings } from './config/settings.ts';
import { DataInUse, lockData } from './nats/data-lock.ts';
import { about } from './observability/about.ts';
import { createLogger } from './observability/logger.ts';
import { createApp } from './web/create-app.ts';

/** How much longer than the flows the rest may take to end, in milliseconds. */
const graceMs = 4000;
/** A signal so soon after the first is the same one again: npm passes on what the terminal has sent to all already. */
const echoMs = 1000;

/** Runs the server until it is told to end by SIGINT, SIGTERM or SIGHUP; a second signal ends it at once. */
export const serve = async (settings: Settings): Promise<void> => {
  const { host, port, tls, shutdown_timeout } = settings.values;
  const log = createLogger(settings.values);
  const unlock = lock(settings);
  const app = await createApp(AppModule.with(settings), settings, log);

  const end = (code: number): never => {
    unlock();
    process.exit(code);
  };
  let endingSince: number | undefined;
  const stop = (signal: string): void => {
    if (endingSince !== undefined) {
      if (performance.now() - endingSince > echoMs) end(1);
      return;
    }
    endingSince = performance.now();
    log.log({ msg: 'ending', signal });
    setTimeout(() => end(1), shutdown_timeout + graceMs).unref();
    app.close().then(
      () => end(0),
      (thrown: unknown) => {
        log.error({ msg: 'could not end in order', reason: String(thrown) });
        end(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  process.on('unhandledRejection', (thrown) => {
    log.error({ msg: 'something was thrown and not caught', reason: String(thrown), stack: (thrown as Error)?.stack });
    process.exitCode = 1;
    stop('unhandledRejection');
  });

  try {
    await app.init();
    await app.getHttpAdapter().getInstance().listen({ host, port });
  } catch (thrown) {
    const { code } = thrown as { code?: string };
    const isTaken = code === 'EADDRINUSE';
    const said = isTaken
      ? `port ${port} is used by another program; set SEMSTREAMS_PORT or "port"`
      : `the server cannot listen on ${host}:${port}: ${(thrown as Error).message}`;
    console.error(said);
    await app.close().catch(() => undefined);
    end(1);
  }
  const address = app.getHttpServer().address() as AddressInfo;
  const shownHost = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  console.log(`SemStreams ${about.version} is ready at http${tls.enabled ? 's' : ''}://${shownHost}:${address.port}`);
};

const lock = (settings: Settings): (() => void) => {
  try {
    return lockData(settings.dataDir);
  } catch (thrown) {
    if (!(thrown instanceof DataInUse)) throw thrown;
    console.error(thrown.message);
    process.exit(1);
  }
};
