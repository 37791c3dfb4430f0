import { randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Accounts } from './accounts.ts';
import { accessFolder, writePrivate } from './kept-file.ts';

const name = 'admin';

export const firstPasswordFile = (dataDir: string): string => join(accessFolder(dataDir), 'first-password');

/**
 * Makes the first administrator, `admin`, where a login is needed and there is nobody yet: with the password of the settings, or
 * with one that is written to a file which only this user may read. Resolves with the path of that file where it was made.
 */
export const makeFirstAdministrator = async (
  accounts: Accounts,
  { dataDir, password }: { readonly dataDir: string; readonly password: string },
): Promise<string | undefined> => {
  if (accounts.hasUsers) return undefined;
  const made = password === '' ? randomBytes(12).toString('base64url') : password;
  const file = firstPasswordFile(dataDir);
  if (password === '') writePrivate(file, `${made}\n`);
  await accounts.add({ name, role: 'administrator', password: made });
  return password === '' ? file : undefined;
};

/** The file of the first password is good for nothing once that was changed. */
export const forgetFirstPassword = (dataDir: string, user: string): void => {
  if (user === name && existsSync(firstPasswordFile(dataDir))) rmSync(firstPasswordFile(dataDir));
};
