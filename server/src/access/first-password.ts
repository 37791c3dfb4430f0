import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { accessFolder } from './kept-file.ts';

/** Whose password is made up where nobody has given one. */
export const firstUser = 'admin';

export const firstPasswordFile = (dataDir: string): string => join(accessFolder(dataDir), 'first-password');

/** The file of the first password is good for nothing once that is another one, whoever changed it, or its user is gone. */
export const forgetFirstPassword = (dataDir: string, user: string): void => {
  if (user === firstUser) rmSync(firstPasswordFile(dataDir), { force: true });
};
