import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { backOff } from '../../engine/back-off.ts';
import type { NatsAccess } from '../connection/access.ts';
import { endProcess, isRunning } from '../../machine/processes.ts';
import { spawnGuarded } from './spawn-guarded.ts';
import { untilListening } from './until-listening.ts';

export interface ManagedServerOptions {
  readonly binary: string;
  readonly dataDir: string;
  readonly memoryLimitBytes: number;
  readonly maxFileStoreBytes: number;
  /** `always`, or how often to sync to disk, such as `1s`. */
  readonly sync: string;
  readonly log: (sentence: string, fields: Readonly<Record<string, unknown>>) => void;
}

const user = 'semstreams';
/** So long is waited at most until it can be connected to; it is tried again and again afterwards. */
const soonMs = 2000;
/** How long the server may take to end by itself, in milliseconds. */
const patienceMs = 3000;
const shortestRestartMs = 200;
const longestRestartMs = 10_000;

/** The server's own nats-server: a child process that is watched, started again when it dies, and ended with us. */
export class ManagedServer {
  private child: ChildProcess | undefined;
  private restart: NodeJS.Timeout | undefined;
  /** How often in a row it ended soon after it was started. */
  private restarts = 0;
  private isEnding = false;
  private started: Promise<NatsAccess> | undefined;
  private readonly folder: string;
  private readonly config: string;
  private readonly pidFile: string;

  constructor(private readonly options: ManagedServerOptions) {
    this.folder = join(options.dataDir, 'nats');
    this.config = join(this.folder, 'nats-server.conf');
    this.pidFile = join(this.folder, 'nats-server.pid');
  }

  /** Where it is reached; started at the first call. */
  async start(): Promise<NatsAccess> {
    this.started ??= this.launch();
    this.started.catch(() => (this.started = undefined));
    return this.started;
  }

  /** The number of its process; undefined while it does not run. */
  get processId(): number | undefined {
    return this.child?.pid;
  }

  /** Ends it for certain, also where it hears nothing any more; it comes back by itself. */
  async restartNow(): Promise<void> {
    this.restarts = 0;
    await this.end();
  }

  /** Writes its config and starts it. One that a killed server left behind is ended before: two would spoil the data. */
  private async launch(): Promise<NatsAccess> {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    await this.endOrphan();
    const port = await freePort();
    const pass = this.password();
    writeFileSync(this.config, this.configText(port, pass), { mode: 0o600 });
    this.spawn();
    // a client that comes too early rests for longer than the server takes
    await untilListening(port, soonMs);
    return { servers: [`127.0.0.1:${port}`], user, pass };
  }

  async stop(): Promise<void> {
    this.isEnding = true;
    clearTimeout(this.restart);
    await this.end();
    try {
      rmSync(this.pidFile, { force: true });
    } catch (thrown) {
      this.options.log('the file of the ended nats-server cannot be removed', { reason: (thrown as Error).message });
    }
  }

  private async end(): Promise<void> {
    const { child } = this;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    await gone;
    clearTimeout(force);
  }

  private spawn(): void {
    const { binary, memoryLimitBytes, log } = this.options;
    const env = { ...process.env, GOMEMLIMIT: String(memoryLimitBytes) };
    const child = spawnGuarded(binary, ['--config', this.config], env);
    this.child = child;
    const startedAt = performance.now();
    let lastLine = '';
    child.stderr?.on('data', (chunk: Buffer) => (lastLine = chunk.toString().trim().split('\n').at(-1) ?? lastLine));
    const again = (sentence: string, fields: Readonly<Record<string, unknown>>): void => {
      if (this.isEnding) return;
      if (performance.now() - startedAt > longestRestartMs) this.restarts = 0;
      this.restarts += 1;
      const inMs = Math.round(backOff(this.restarts, Math.random(), longestRestartMs, shortestRestartMs));
      log(sentence, { ...fields, inMs });
      this.restart = setTimeout(() => this.spawn(), inMs);
    };
    child.on('error', ({ message }) => {
      if (child.pid === undefined) again('nats-server cannot be started and is tried again', { reason: message });
      else log('nats-server cannot be ended', { reason: message });
    });
    if (child.pid !== undefined) this.notePid(child.pid);
    child.on('exit', (code, signal) => again('nats-server ended and is started again', { code, signal, lastLine }));
  }

  /** For the next start: it finds one that was left behind. A disk that does not take it stops nothing that runs now. */
  private notePid(pid: number): void {
    try {
      writeFileSync(this.pidFile, `${pid}\n`);
    } catch (thrown) {
      this.options.log('the process id of nats-server cannot be noted', { reason: (thrown as Error).message });
    }
  }

  private async endOrphan(): Promise<void> {
    if (!existsSync(this.pidFile)) return;
    const id = Number.parseInt(readFileSync(this.pidFile, 'utf8'), 10);
    if (id > 0 && isRunning(id, this.config)) await endProcess(id, this.config, patienceMs);
  }

  private password(): string {
    const path = join(this.folder, 'password');
    const kept = existsSync(path) ? readFileSync(path, 'utf8') : '';
    // a disk that was full at the first start has left an empty file
    if (kept !== '') return kept;
    const made = randomBytes(24).toString('base64url');
    writeFileSync(path, made, { mode: 0o600 });
    return made;
  }

  /** See https://docs.nats.io/running-a-nats-service/configuration; `sync_interval: always` exists since 2.10. */
  private configText(port: number, pass: string): string {
    return `listen: "127.0.0.1:${port}"
server_name: "semstreams"
logtime: true
max_payload: 8MB
authorization { user: ${JSON.stringify(user)}, password: ${JSON.stringify(pass)} }
jetstream {
  store_dir: ${JSON.stringify(this.folder)}
  max_mem: 16MB
  max_file: ${this.options.maxFileStoreBytes}
  sync_interval: ${JSON.stringify(this.options.sync)}
}
`;
  }
}

/** A port that nobody listens on at this moment. */
const freePort = async (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
