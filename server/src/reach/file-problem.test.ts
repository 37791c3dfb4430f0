import { expect, it } from 'vitest';
import { fileProblem } from './file-problem.ts';
import { type FileReach, type FileUse, pathOutOfReach } from './file-reach.ts';

const files: FileReach = {
  dataDir: '/srv/data',
  allowed: ['/srv/exchange'],
  readable: ['/srv/maps', '/srv/one.csv'],
  tls: ['/certs'],
  unreachable: ['/srv/exchange/secrets', '/certs/server.key'],
};

it.each<[string, readonly FileUse[]]>([
  ['/srv/data/a.csv', ['read', 'write', 'tls']],
  ['/srv/exchange/a.csv', ['read', 'write', 'tls']],
  ['/srv/exchange/..a.csv', ['read', 'write', 'tls']],
  ['/srv/exchange', ['read', 'write', 'tls']],
  ['/srv/maps/a', ['read', 'tls']],
  ['/srv/one.csv', ['read', 'tls']],
  ['/certs/ca.crt', ['tls']],
  ['/certs/server.key', ['tls']],
  ['/srv/exchange/secrets/key', ['tls']],
  ['/srv/exchanged/a.csv', []],
  ['/srv/one.csv.gz', []],
  ['/etc/passwd', []],
  ['/', []],
])('%s is there for %j', (path, expected) => {
  const uses = (['read', 'write', 'tls'] as const).filter(
    (use) => !fileProblem(files, { path, named: path, shown: path, use }),
  );
  expect(uses).toEqual(expected);
});

it('says the way out', () => {
  expect(fileProblem(files, { path: '/etc/passwd', named: '/a', shown: 'a', use: 'read' })).toBe(
    '"a" lies in no folder that flows may read: use a path below the data folder, such as "recordings/today.csv", or add its folder to the setting "files.readable"',
  );
  expect(fileProblem(files, { path: '/srv/maps/x', named: '/a', shown: 'a', use: 'write' })).toMatch(
    /setting "files.allowed"$/,
  );
  expect(fileProblem(files, { path: '/x', named: '/a', shown: 'a', use: 'tls' })).toMatch(
    /"certs\/authority.crt".*"files.tls"$/,
  );
  expect(pathOutOfReach(files, '/etc/passwd')).toMatch(/^"\/etc\/passwd" lies in no folder that flows may use: /);
  expect(pathOutOfReach(files, '/certs/a')).toBeUndefined();
});
