import { randomBytes } from 'node:crypto';
import type { Accounts } from './accounts.ts';
import { firstPasswordFile, firstUser, forgetFirstPassword } from './first-password.ts';
import { writePrivate } from './kept-file.ts';

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
  else forgetFirstPassword(dataDir, firstUser);
  await accounts.add({ name: firstUser, role: 'administrator', password: made });
  return password === '' ? file : undefined;
};
