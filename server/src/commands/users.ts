import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { json } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { NewUser, paths, Role, User, UserChange } from '@semstreams/contract';
import { z } from 'zod';
import { Accounts } from '../access/accounts.ts';
import { Refused } from '../access/refused.ts';
import { AskingFailed } from '../asking/asking-failed.ts';
import { accepted, ask, ownServer } from '../asking/own-server.ts';
import { shownKey } from '../asking/shown-key.ts';
import { readSettings } from '../config/read-settings.ts';
import { SettingsError } from '../config/settings-error.ts';
import type { SettingsValues } from '../config/settings.schema.ts';
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
        usable(NewUser, { name, role: given.values['role'], password: passwordOf(given), ...(flows && { flows }) }),
      );
      console.log(`"${name}" was made`);
    } else if (verb === 'password') {
      await desk.change(name, usable(UserChange, { password: passwordOf(given) }));
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

const passwordOf = ({ values }: Given): string => {
  const file = values['password-file'] ?? '/dev/stdin';
  if (values['password-file'] === undefined && process.stdin.isTTY) console.error('the new password, and Enter:');
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/, 1)[0]!;
  } catch (cause) {
    throw new SettingsError(`the password cannot be read from "${file}": ${(cause as Error).message}`, { cause });
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

const fileDesk = (dataDir: string): Desk => {
  const accounts = new Accounts(dataDir);
  const told = async <Result>(work: () => Result | Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (thrown) {
      if (thrown instanceof Refused) throw new CommandFailed(thrown.message, { cause: thrown });
      throw thrown;
    }
  };
  return {
    list: async () => accounts.users(),
    add: async (user) => told(() => accounts.add(user)),
    change: async (name, change) => told(() => accounts.change(name, change)),
    remove: async (name) => told(() => accounts.remove(name)),
  };
};
