import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectSocket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNatsServer } from './find-server.ts';
import { spawnGuarded } from './spawn-guarded.ts';

/** A nats-server that is not our own, with any config, for tests. */
export class ForeignServer {
  private child: ChildProcess | undefined;
  readonly folder = mkdtempSync(join(tmpdir(), 'semstreams-nats-'));

  private constructor(
    readonly port: number,
    private readonly binary: string,
  ) {}

  /** Nothing listens yet; the port is kept over starts. */
  static async of(): Promise<ForeignServer> {
    return new ForeignServer(await freePort(), await findNatsServer(''));
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Resolves when it listens. `config` stands beside the listener in its config file, and `more` in its JetStream. */
  async start(config = '', more = ''): Promise<this> {
    const path = join(this.folder, 'nats.conf');
    writeFileSync(
      path,
      `listen: "127.0.0.1:${this.port}"\njetstream { store_dir: "${this.folder}", max_file: 64MB ${more} }\n${config}\n`,
    );
    const child = spawnGuarded(this.binary, ['--config', path]);
    child.stderr?.resume();
    this.child = child;
    while (!(await isListening(this.port))) {
      if (child.exitCode !== null) throw new Error(`nats-server does not start with ${config}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return this;
  }

  /** As an operator would: it has the time to write down what it knows. */
  async end(): Promise<void> {
    await this.stop('SIGTERM');
  }

  async stop(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }

  /** It lives and does nothing, until `thaw`. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const isListening = async (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connectSocket(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });

const freePort = async (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
