import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Rest } from './rest.ts';
import { until } from './until.ts';

const server = join(import.meta.dirname, '..', 'server', 'dist', 'main.js');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The variables of this process without the product's own: what an instance is told it is told here. */
const plainEnvironment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('SEMSTREAMS_')),
);

/** A server of its own: the built product as a process with its own data folder, on a port that was free. */
export class Instance {
  readonly folder = mkdtempSync(join(tmpdir(), 'semstreams-e2e-'));
  readonly dataDir = join(this.folder, 'data');
  /** Everything that it printed, over restarts. */
  output = '';
  private child: ChildProcess | undefined;
  private ended: Promise<Ended> | undefined;
  private port = 0;

  /** `settings` are variables without their prefix, such as `{ FLOWS_DIR: '/tmp/flows' }`. */
  constructor(private readonly settings: Readonly<Record<string, string>> = {}) {
    mkdirSync(this.dataDir);
  }

  /** Where it answers, such as `http://127.0.0.1:40123`. The same over restarts. */
  get address(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get rest(): Rest {
    return new Rest(this.address);
  }

  get pid(): number {
    return this.child!.pid!;
  }

  /** Starts it and waits until it is ready: it answers, and NATS is there. */
  async start(): Promise<this> {
    this.launch();
    const isReady = () => /is ready at https?:\/\/\S+:(\d+)/.exec(this.output.slice(before));
    const before = this.output.length;
    await until('the server is ready', () => {
      if (this.child!.exitCode !== null) throw new Error(`the server ended at its start:\n${this.output}`);
      return isReady() !== null;
    });
    this.port = Number(isReady()![1]);
    await until('NATS is there', async () => (await fetch(`${this.address}/health/ready`)).ok);
    return this;
  }

  /** Starts it where it is expected to end by itself. Resolves with how it ended. */
  async startInVain(): Promise<Ended> {
    this.launch();
    return this.ended!;
  }

  /** Ends it in order and resolves with how it ended. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    this.child!.kill(signal);
    return this.ended!;
  }

  /** Ends it like a power cut of this one process: nothing is handed on, nothing is said. */
  async kill(): Promise<Ended> {
    return this.stop('SIGKILL');
  }

  /** Ids of the nats-servers that use its data folder. */
  natsServers(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((id) => {
        const words = commandLine(id).split('\0');
        return words[0]?.endsWith('nats-server') && words.some((word) => word.startsWith(this.dataDir));
      });
  }

  /** Ends all that is left, and removes its folder. */
  async dispose(): Promise<void> {
    if (this.child?.exitCode === null && this.child.signalCode === null) {
      const force = setTimeout(() => this.child?.kill('SIGKILL'), 15_000);
      await this.stop();
      clearTimeout(force);
    }
    for (const id of this.natsServers()) process.kill(id, 'SIGKILL');
    if (existsSync(this.folder)) rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private launch(): void {
    const child = spawn(process.execPath, [server], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...plainEnvironment,
        SEMSTREAMS_PORT: String(this.port),
        SEMSTREAMS_DATA_DIR: this.dataDir,
        SEMSTREAMS_LOG_FORMAT: 'json',
        ...Object.fromEntries(Object.entries(this.settings).map(([name, value]) => [`SEMSTREAMS_${name}`, value])),
      },
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.child = child;
    this.ended = once(child, 'close').then(([code, signal]) => ({ code, signal }) as Ended);
  }
}

const commandLine = (id: number): string => {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'utf8');
  } catch {
    return '';
  }
};
