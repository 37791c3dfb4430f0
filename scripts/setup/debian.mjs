import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepFolders, keepTool, keepToolWithLibraries } from './tools.mjs';
import { run } from './run.mjs';

/** The suite that this system runs, such as "bookworm". */
export const ownSuite = () => /^VERSION_CODENAME=(\w+)/m.exec(readOr('/etc/os-release', ''))?.[1];

/** Takes one program out of a Debian package of the given suite, from the mirror that this system uses, into `.tools`. */
export const takeFromDebian = async ({ name, program, suite }) =>
  unpacking(
    async () => [name],
    suite,
    (folder) => keepTool(join(folder, program)),
  );

/** The same for programs whose libraries lie in further ones of these packages. */
export const takeAllFromDebian = async ({ names, programs, suite }) =>
  unpacking(
    async () => names,
    suite,
    (folder) => {
      const libraries = librariesIn(folder);
      for (const program of programs) keepToolWithLibraries(join(folder, program), libraries);
    },
  );

/**
 * Takes folders of a package into `.tools`, in a folder of its name, with those of the packages below it that this system lacks: their
 * libraries lie in `libraries` there.
 */
export const takeFoldersFromDebian = async ({ name, suite, isNeeded, folders, without }) =>
  unpacking(
    async (lacking) => (await lacking(name)).filter(isNeeded),
    suite,
    (folder) => {
      const isOfFolders = (path) => folders.some((each) => path.startsWith(`${join(folder, each)}/`));
      keepFolders({
        name,
        folders: folders.map((each) => [join(folder, each), each]),
        without,
        libraries: librariesIn(folder).filter((path) => !isOfFolders(path)),
      });
    },
  );

/** Downloads packages and has them used. The lists are private: the system's own are not touched, and no rights are needed. */
const unpacking = async (choose, suite, use) => {
  const work = mkdtempSync(join(tmpdir(), 'semstreams-setup-'));
  try {
    for (const folder of ['lists/partial', 'cache/archives/partial'])
      mkdirSync(join(work, folder), { recursive: true });
    const { mirror, keyring } = debianMirror();
    const trust = keyring ? `[signed-by=${keyring}] ` : '';
    writeFileSync(join(work, 'sources.list'), `deb ${trust}${mirror} ${suite} main\n`);
    const options = [
      `Dir::Etc::sourcelist=${join(work, 'sources.list')}`,
      'Dir::Etc::sourceparts=-',
      `Dir::State::lists=${join(work, 'lists')}`,
      `Dir::Cache=${join(work, 'cache')}`,
      'Acquire::Languages=none',
      'APT::Update::Error-Mode=any',
      ...(process.getuid?.() === 0 ? ['APT::Sandbox::User=root'] : []),
    ].flatMap((option) => ['-o', option]);
    await run('apt-get', ['-q', ...options, 'update'], { cwd: work });
    const lacking = async (name) => {
      const asked = ['-qq', ...options, '-o', 'Debug::NoLocking=1', '--no-install-recommends', '--print-uris', '-y'];
      const told = await run('apt-get', [...asked, 'install', name], { cwd: work });
      return [...told.matchAll(/^'[^']+' ([^_\s]+)_/gm)].map(([, found]) => found);
    };
    const names = await choose(lacking);
    if (names.length === 0) throw new Error('this system has its packages, and not its programs');
    await run('apt-get', ['-q', ...options, 'download', ...names], { cwd: work });
    const files = readdirSync(work).filter((found) => found.endsWith('.deb'));
    for (const file of files) await run('dpkg-deb', ['-x', file, 'unpacked'], { cwd: work });
    return use(join(work, 'unpacked'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};

const librariesIn = (folder) =>
  readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => /\.so(\.\d+)+$/.test(path));

/** The mirror and the keyring of the first source of this system that holds whole Debian suites. */
const debianMirror = () => {
  const folder = '/etc/apt/sources.list.d';
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const stanzas = names
    .filter((name) => name.endsWith('.sources'))
    .flatMap((name) => readOr(join(folder, name), '').split(/\n\s*\n/))
    .map((text) => ({
      mirror: /^URIs:\s*(\S+)/m.exec(text)?.[1],
      keyring: /^Signed-By:\s*(\/\S+)/m.exec(text)?.[1],
    }));
  const lines = [
    '/etc/apt/sources.list',
    ...names.filter((name) => name.endsWith('.list')).map((name) => join(folder, name)),
  ]
    .flatMap((path) => readOr(path, '').split('\n'))
    .map((line) => ({
      mirror: /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)/.exec(line)?.[1],
      keyring: /signed-by=(\/[^\]\s]+)/.exec(line)?.[1],
    }));
  const found = [...stanzas, ...lines].find(({ mirror }) => /\/debian\/?$/.test(mirror ?? ''));
  if (!found) throw new Error('this is no Debian system with package sources');
  return found;
};

const readOr = (path, otherwise) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
};
