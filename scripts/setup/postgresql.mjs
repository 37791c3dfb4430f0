import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ownSuite, takeFoldersFromDebian } from './debian.mjs';
import { root } from './root.mjs';
import { say } from './say.mjs';
import { placesOf } from './tools.mjs';

const ofDebian = '/usr/lib/postgresql';
const versions = (place) => (existsSync(place) ? readdirSync(place) : []);

/** Whether there is a PostgreSQL where the tests look for one. */
const isThere = () =>
  placesOf('initdb').length > 0 ||
  [ofDebian, join(root, '.tools/postgresql', ofDebian)].some((place) =>
    versions(place).some((version) => existsSync(join(place, version, 'bin/initdb'))),
  );

/** Nothing of a server that only answers statements: what compiles them, and what asks whoever installs it. */
const unneeded = /^(libllvm|libz3|ssl-cert|postgresql-common|postgresql-client|sysstat|locales|perl|lib.*-perl$)/;

/** Makes sure that there is a PostgreSQL, or says that what needs one is left out: fetching it takes more of a system than the other tools do. */
export const ensurePostgresql = async () => {
  if (isThere()) return;
  say('fetching PostgreSQL');
  try {
    await takeFoldersFromDebian({
      name: 'postgresql',
      suite: ownSuite(),
      isNeeded: (name) => !unneeded.test(name),
      folders: ['usr/lib/postgresql', 'usr/share/postgresql'],
      without: /\/bitcode\b|llvmjit/,
    });
  } catch (thrown) {
    say(
      `without PostgreSQL, so its tests are left out; "initdb" and "postgres" on PATH bring them in: ${thrown.message}`,
    );
  }
};
