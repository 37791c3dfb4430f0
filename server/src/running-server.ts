import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { isRunning } from './machine/processes.ts';

/** The server as people run it, in a process of its own with a nats-server of its own: for tests. */
export interface RunningServer {
  readonly url: string;
  readonly dataDir: string;
  readonly process: ChildProcess;
  /** All that it wrote. */
  readonly output: () => string;
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Ends it, by SIGTERM unless said otherwise; resolves with its exit code when it is gone. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where it is JSON. */
  readonly body: unknown;
}

const serverFolder = join(import.meta.dirname, '..');
let built: Promise<string> | undefined;

/** Builds the server from the sources as they are now, beside the packages that it needs. Once per process. */
const buildServer = async (): Promise<string> => {
  built ??= (async () => {
    removeLeftovers();
    const outDir = join(serverFolder, `${prefix}${process.pid}`);
    await build({
      root: serverFolder,
      configFile: join(serverFolder, 'vite.config.ts'),
      logLevel: 'error',
      build: { outDir, emptyOutDir: false, sourcemap: false },
    });
    return join(outDir, 'main.js');
  })();
  return built;
};

const prefix = '.built-for-tests-';

/** What processes that are gone have built: they are ended in a way that leaves no time for it. */
const removeLeftovers = (): void => {
  for (const name of readdirSync(serverFolder)) {
    if (!name.startsWith(prefix) || isRunning(Number(name.slice(prefix.length)), 'node')) continue;
    rmSync(join(serverFolder, name), { recursive: true, force: true });
  }
};

/** @param within words of a command that starts another one, such as `nsenter`: what it leads into has the server */
export const startServer = async (
  settings: Readonly<Record<string, string>> = {},
  dataDir = mkdtempSync(join(tmpdir(), 'semstreams-server-')),
  within: readonly string[] = [],
): Promise<RunningServer> => {
  const words = [...within, process.execPath, await buildServer()];
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('SEMSTREAMS_'));
  const child = spawn(words[0]!, words.slice(1), {
    cwd: dataDir,
    env: {
      ...Object.fromEntries(inherited),
      SEMSTREAMS_PORT: '0',
      SEMSTREAMS_DATA_DIR: dataDir,
      SEMSTREAMS_LOG_FORMAT: 'json',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      output += chunk.toString();
      const address = /is ready at (https?:\/\/\S+)/.exec(output)?.[1];
      if (address !== undefined) resolve(address);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${output}`)));
  });

  const call: RunningServer['call'] = async (method, path, body, headers = {}) => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, headers: response.headers, body: isJson && text ? JSON.parse(text) : text };
  };
  return {
    url,
    dataDir,
    process: child,
    output: () => output,
    call,
    end: async (signal = 'SIGTERM') => {
      child.kill(signal);
      return gone;
    },
  };
};

/** Resolves with what `look` finds as soon as it finds something; rejects after `withinMs`. */
export const eventually = async <Found>(
  what: string,
  look: () => Promise<Found | undefined | false>,
  withinMs = 40_000,
): Promise<Found> => {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
