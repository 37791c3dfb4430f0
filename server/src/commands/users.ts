import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { json } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { NewUser, paths, Role, User, UserChange } from '@semstreams/contract';
import { z } from 'zod';
import { Accounts } from '../access/accounts.ts';
import { Audit, type AuditNote } from '../access/audit.ts';
import { Refused } from '../access/refused.ts';
import { changeWords, userWords } from '../access/user-words.ts';
import { AskingFailed } from '../asking/asking-failed.ts';
import { accepted, ask, ownServer } from '../asking/own-server.ts';
import { shownKey } from '../asking/shown-key.ts';
import { readSettings } from '../config/read-settings.ts';
import { SettingsError } from '../config/settings-error.ts';
import type { SettingsValues } from '../config/settings.schema.ts';
import { DataInUse, lockData } from '../machine/data-lock.ts';
import { type Command, CommandFailed, type Given } from './command.ts';

const words = 'semstreams users list | add NAME --role ROLE | password NAME | remove NAME';

/**
 * Users of this machine's server, for who has lost a password: `semstreams users …`. Asks the server where it runs, and changes its
 * file where it does not. A new password is read from a file or from standard input.
 */
export const users: Command = {
  options: {
    config: { type: 'string' },
    role: { type: 'string' },
    flows: { type: 'string' },
    'password-file': { type: 'string' },
  },
  words: ['list', 'add', 'password', 'remove'],
  mostWords: 2,
  run: async (given) => {
    const [verb, name] = given.positionals;
    const { values } = readSettings(given.values['config']);
    const desk = await deskOf(values);
    if (verb === 'list' && name === undefined) {
      for (const { name: user, role, flows } of await desk.list())
        console.log([user, role, ...(flows ?? ['all flows'])].join('  '));
      return 0;
    }
    if (name === undefined) throw new SettingsError(`it is used so: ${words}`);
    if (verb === 'add') {
      const flows = given.values['flows']?.split(',');
      await desk.add(
        usable(NewUser, {
          name,
          role: given.values['role'],
          password: await passwordOf(given),
          ...(flows && { flows }),
        }),
      );
      console.log(`"${name}" was made`);
    } else if (verb === 'password') {
      await desk.change(name, usable(UserChange, { password: await passwordOf(given) }));
      console.log(`"${name}" has another password`);
    } else if (verb === 'remove') {
      await desk.remove(name);
      console.log(`"${name}" was removed`);
    } else throw new SettingsError(`it is used so: ${words}`);
    return 0;
  },
};

const usable = <Value>(schema: z.ZodType<Value>, value: unknown): Value => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new SettingsError(
    path[0] === 'role' ? `say what the user may do: --role ${Role.options.join('|')}` : `${path.join('.')}: ${message}`,
  );
};

/** The first line of the file, or of standard input, whatever that is: a terminal, a pipe, a file or a socket. */
const passwordOf = async ({ values }: Given): Promise<string> => {
  const file = values['password-file'];
  const isGiven = file !== undefined && file !== '-' && file !== '/dev/stdin';
  if (file === undefined && process.stdin.isTTY) console.error('the new password, and Enter:');
  try {
    for await (const line of createInterface({ input: isGiven ? createReadStream(file) : process.stdin })) return line;
    return '';
  } catch (cause) {
    throw new SettingsError(
      `the password cannot be read from ${isGiven ? `"${file}"` : 'standard input'}: ${(cause as Error).message}`,
      { cause },
    );
  }
};

interface Desk {
  list(): Promise<readonly User[]>;
  add(user: NewUser): Promise<unknown>;
  change(name: string, change: UserChange): Promise<unknown>;
  remove(name: string): Promise<unknown>;
}

const patienceMs = 10_000;

const deskOf = async (settings: SettingsValues): Promise<Desk> => {
  try {
    (await ask(ownServer(settings), { path: `${paths.health}/live`, patienceMs })).resume();
    return serverDesk(settings);
  } catch (thrown) {
    if (thrown instanceof AskingFailed) return fileDesk(resolve(settings.data_dir));
    throw thrown;
  }
};

const serverDesk = (settings: SettingsValues): Desk => {
  const asked = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) =>
    accepted(
      await ask(ownServer(settings), {
        method,
        path,
        headers: { ...shownKey(settings), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        body: body === undefined ? undefined : Readable.from([JSON.stringify(body)]),
        patienceMs,
      }),
    );
  return {
    list: async () => z.object({ items: z.array(User) }).parse(await json(await asked('GET', paths.users))).items,
    add: async (user) => json(await asked('POST', paths.users, user)),
    change: async (name, change) => json(await asked('PUT', paths.user(name), change)),
    remove: async (name) => void (await asked('DELETE', paths.user(name))).resume(),
  };
};

/** The files themselves, while no server uses them. */
const fileDesk = (dataDir: string): Desk => {
  const audit = new Audit(dataDir);
  const alone = async (work: (accounts: Accounts) => Promise<Omit<AuditNote, 'who' | 'from'>>): Promise<void> => {
    const unlock = locked(dataDir);
    try {
      audit.note({ who: 'this machine', from: 'semstreams users', ...(await work(new Accounts(dataDir))) }, 'access');
    } catch (thrown) {
      if (thrown instanceof Refused) throw new CommandFailed(thrown.message, { cause: thrown });
      throw thrown;
    } finally {
      unlock();
    }
  };
  return {
    list: async () => new Accounts(dataDir).users(),
    add: async (user) =>
      alone(async (accounts) => {
        const made = await accounts.add(user);
        return { what: 'createUser', outcome: 'done', detail: `${made.name}: ${userWords(made)}` };
      }),
    change: async (name, change) =>
      alone(async (accounts) => {
        const before = accounts.user(name);
        const after = await accounts.change(name, change);
        const detail = changeWords(name, { before, after, isNewPassword: change.password !== undefined });
        return { what: 'changeUser', outcome: 'done', detail };
      }),
    remove: async (name) =>
      alone(async (accounts) => {
        accounts.remove(name);
        return { what: 'deleteUser', outcome: 'done', detail: name };
      }),
  };
};

const locked = (dataDir: string): (() => void) => {
  try {
    return lockData(dataDir);
  } catch (thrown) {
    if (!(thrown instanceof DataInUse)) throw thrown;
    throw new CommandFailed(
      `${thrown.message.split(';')[0]}, and does not answer where these settings say: give this command the settings of that server by "--config", or end it first`,
      { cause: thrown },
    );
  }
};
