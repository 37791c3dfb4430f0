import type { Socket } from 'node:net';
import pg from 'pg';
import { isAbort } from '../../../../engine/is-aborted.ts';
import { type LineTo, openLine } from './open-line.ts';

/** What a server may say to one statement, in bytes: it has no more to tell than a few columns and why it refuses. */
const mostAnswer = 4 * 1024 ** 2;
/** A server that keeps to its own time has answered by so many milliseconds behind it. */
const graceMs = 2000;

/** The server did not answer as one does; the sentence says how. Nothing is known of what was under way. */
export class LineLost extends Error {
  override readonly name = 'LineLost';
}

interface Login {
  readonly username: string;
  readonly password: string;
  readonly name: string;
}

/**
 * A client that says what it was told, and nothing else: `pg` fills what is empty from the environment of the server (`PGUSER`,
 * `PGOPTIONS`) and from the home of its user (`.pgpass`), which are not for whomever a flow names.
 */
class ToldClient extends pg.Client {
  /** Asked by `pg` when a session begins. */
  getStartupConf(): Readonly<Record<string, string>> {
    return { user: this.user ?? '', database: this.database ?? '', application_name: 'SemStreams' };
  }
}

/** One line to a server on which statements are made, one after the other. */
export class Session {
  private heard = 0;
  private why: Error | undefined;

  private constructor(
    private readonly client: pg.Client,
    private readonly socket: Socket,
    private readonly to: LineTo,
  ) {}

  /** Rejects with a NotDialled, a LineLost, or what the server says (`pg.DatabaseError`). */
  static async open(to: LineTo, { username, password, name }: Login): Promise<Session> {
    const socket = await openLine(to);
    const client = new ToldClient({
      ...{ host: to.host, port: to.port, user: username, database: name, ssl: false, sslnegotiation: 'postgres' },
      password: () => {
        if (password === '') throw new LineLost('it wants a password: give "password"');
        return password;
      },
      client_encoding: 'UTF8',
      stream: () => connected(socket),
    });
    const session = new Session(client, socket, to);
    client.on('error', (error) => session.lose(error));
    socket.on('data', (chunk: Buffer) => session.count(chunk.length));
    try {
      await session.within(async () => client.connect());
    } catch (thrown) {
      socket.destroy();
      throw thrown;
    }
    return session;
  }

  get isLost(): boolean {
    return this.why !== undefined || this.socket.destroyed;
  }

  /** @returns rows of the last statement by the names of their columns, all values as texts */
  async ask(
    statements: string,
    values?: readonly string[],
  ): Promise<readonly Readonly<Record<string, string | null>>[]> {
    const query = { text: statements, types: asTexts, ...(values && { values: [...values] }) };
    return this.within(async () => {
      const answered = await this.client.query<Record<string, string | null>>(query);
      return [answered].flat().at(-1)!.rows;
    });
  }

  /** Ends it in order, or at once where the server does not listen. */
  async close(): Promise<void> {
    if (!this.isLost) await this.within(async () => this.client.end(), graceMs).catch(() => undefined);
    this.socket.destroy();
  }

  private count(bytes: number): void {
    this.heard += bytes;
    if (this.heard > mostAnswer) this.lose(new LineLost(`it says more than ${mostAnswer / 1024 ** 2} MB at once`));
  }

  private lose(error: Error): void {
    this.why ??= error;
    this.socket.destroy();
  }

  /** What is asked has an answer in time, or the line is given up. */
  private async within<Answer>(ask: () => Promise<Answer>, ms = this.to.withinMs + graceMs): Promise<Answer> {
    const { signal } = this.to;
    this.heard = 0;
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const end = (act: () => void): void => {
        clearTimeout(late);
        signal.removeEventListener('abort', abort);
        act();
      };
      const fail = (error: Error): void =>
        end(() => {
          this.lose(error);
          reject(error);
        });
      const abort = (): void => fail(signal.reason as Error);
      const late = setTimeout(() => fail(new LineLost('there is no answer')), ms);
      signal.addEventListener('abort', abort, { once: true });
      ask().then(
        (answer) => end(() => resolve(answer)),
        (thrown: Error) => end(() => reject(isAbort(thrown) ? thrown : (this.why ?? thrown))),
      );
    });
  }
}

/** Nothing that the server tells is made into numbers or dates. */
const asTexts = { getTypeParser: () => (value: string) => value } as unknown as pg.CustomTypesConfig;

/** A line that is there already, for a client that would make one. */
const connected = (socket: Socket): Socket => {
  socket.connect = () => {
    process.nextTick(() => socket.emit('connect'));
    return socket;
  };
  return socket;
};
