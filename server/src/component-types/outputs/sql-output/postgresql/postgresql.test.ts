import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Certificates, makeCertificates } from '../../../../component-kit/testing/certificates.ts';
import { hasPostgres, type Postgres, startPostgres } from '../../../../component-kit/testing/postgres.ts';
import { rehearse, type Rehearsal } from '../../../../component-kit/testing/rehearsal.ts';
import { InvalidMessage, SomeFailed, TransientFault } from '../../../../engine/fault.ts';
import { sqlOutput } from '../sql-output.component.ts';

const ended: (() => unknown)[] = [];
const opened = async (config: Record<string, unknown>): Promise<Rehearsal> => {
  const output = rehearse(sqlOutput, config);
  ended.push(async () => output.close());
  await output.open();
  return output;
};
const faultOf = async (output: Rehearsal, payloads: readonly unknown[]): Promise<unknown> =>
  output.feed(payloads).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
const waitsWith = async (output: Rehearsal, payloads: readonly unknown[] = [{ a: 1 }]): Promise<string> => {
  const fault = await faultOf(output, payloads);
  expect(fault).toBeInstanceOf(TransientFault);
  return (fault as Error).message;
};
const refusedOf = async (output: Rehearsal, payloads: readonly unknown[]): Promise<Record<number, string>> => {
  const fault = await faultOf(output, payloads);
  expect(fault).toBeInstanceOf(SomeFailed);
  const all = [...(fault as SomeFailed).failed];
  expect(all.every(([, each]) => each instanceof InvalidMessage)).toBe(true);
  return Object.fromEntries(all.map(([at, { message }]) => [at, message]));
};
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

describe.skipIf(!hasPostgres)('a server of PostgreSQL', () => {
  let server: Postgres;
  let certificates: Certificates;
  let tables = 0;
  beforeAll(async () => {
    certificates = makeCertificates();
    certificates.authority('ca');
    certificates.signed('server', 'ca', { names: 'DNS:db.example' });
    certificates.authority('other');
    server = await startPostgres({
      settings: ['ssl = on', "ssl_cert_file = '{folder}/server.crt'", "ssl_key_file = '{folder}/server.key'"],
      files: {
        'server.crt': readFileSync(certificates.file('server.crt'), 'utf8'),
        'server.key': readFileSync(certificates.file('server.key'), 'utf8'),
      },
      access: [
        'host all writer 127.0.0.1/32 scram-sha-256',
        'host all old 127.0.0.1/32 md5',
        'host all outsider 127.0.0.1/32 reject',
        'hostnossl all careful 127.0.0.1/32 reject',
      ],
    });
    await server.ask(`CREATE ROLE writer LOGIN PASSWORD 'pa:ss/w@rd'; CREATE ROLE outsider LOGIN; CREATE ROLE careful LOGIN;
      SET password_encryption = 'md5'; CREATE ROLE old LOGIN PASSWORD 'old';
      CREATE TABLE open (a integer); GRANT ALL ON open TO PUBLIC; CREATE TABLE closed (a integer)`);
  }, 60_000);
  afterAll(async () => {
    await server.end();
    certificates.remove();
  });
  const at = (user: string, database = 'postgres'): string => `postgres://${user}@127.0.0.1:${server.port}/${database}`;

  describe('lets in', () => {
    it.each([
      ['with a password (SCRAM)', { username: 'writer', password: 'pa:ss/w@rd' }],
      ['with a password (MD5)', { username: 'old', password: 'old' }],
    ])('%s', async (_, login) => {
      const url = `postgres://127.0.0.1:${server.port}/postgres`;
      await (await opened({ url, ...login, table: 'open' })).feed([{ a: 1 }]);
    });

    it('with a login in the address', async () => {
      await (await opened({ url: at('writer:pa%3Ass%2Fw%40rd'), table: 'open' })).feed([{ a: 1 }]);
    });

    it('by TLS, and looks at its certificate', async () => {
      const tls = { tls: true, table: 'open', ca_file: certificates.file('ca.crt'), server_name: 'db.example' };
      await (await opened({ url: at('careful'), ...tls })).feed([{ a: 1 }]);
      const wrong = async (more: object): Promise<string> =>
        waitsWith(await opened({ url: at('careful'), ...tls, ...more }));
      expect(await wrong({ server_name: 'elsewhere.example' })).toContain('it is for db.example');
      expect(await wrong({ ca_file: certificates.file('other.crt') })).toContain('"ca_file"');
      expect(await wrong({ tls: false, ca_file: '', server_name: '' })).toContain('pg_hba.conf');
    });
  });

  describe('is waited for, with words, where it', () => {
    it.each([
      ['knows the user by another password', { username: 'writer', password: 'wrong' }, 'it does not let "writer" in'],
      ['wants a password', { username: 'writer' }, 'it wants a password: give "password"'],
      ['lets nobody in from here', { username: 'outsider' }, 'look at "pg_hba.conf" there'],
      ['has no such database', { database: 'nowhere' }, 'make the database there, or write another one in "url"'],
      ['has no such schema', { schema: 'nowhere' }, 'make the schema there, or write another one in "schema"'],
      ['lets the user not write there', { username: 'writer', password: 'pa:ss/w@rd', table: 'closed' }, '"GRANT"'],
    ])('%s', async (_, { database = 'postgres', ...more }: Record<string, string>, words) => {
      const url = `postgres://127.0.0.1:${server.port}/${database}`;
      const output = await opened({
        url,
        username: 'postgres',
        table: 'open',
        create_table: 'schema' in more,
        ...more,
      });
      expect(await waitsWith(output)).toContain(words);
    });

    it('takes no changes, as a copy does', async () => {
      await server.ask(`ALTER ROLE careful SET default_transaction_read_only = on`);
      const tls = { tls: true, ca_file: certificates.file('ca.crt'), server_name: 'db.example' };
      const output = await opened({ url: at('careful'), ...tls, table: 'open' });
      expect(await waitsWith(output)).toContain('it may be a copy');
      await server.ask(`ALTER ROLE careful RESET ALL`);
    });

    it('is locked, and goes on when it is not', async () => {
      const ofLockers = `FROM pg_locks WHERE relation = 'locked'::regclass AND mode = 'AccessExclusiveLock' AND granted`;
      const lockers = async (): Promise<number> => (await server.ask(`SELECT pid ${ofLockers}`)).length;
      await server.ask('CREATE TABLE locked (a integer)');
      const output = await opened({ url: at('postgres'), table: 'locked', timeout: '300ms' });
      const locking = server.ask('BEGIN; LOCK TABLE locked; SELECT pg_sleep(600)').catch(() => undefined);
      await expect.poll(async () => lockers(), { timeout: 30_000 }).toBe(1);
      expect(await waitsWith(output, [{ a: 2 }])).toMatch(/timeout|no answer/);
      await server.ask(`SELECT pg_terminate_backend(pid) ${ofLockers}`);
      await locking;
      await expect.poll(async () => faultOf(output, [{ a: 3 }]), { timeout: 30_000 }).toBeUndefined();
      expect(await server.ask('SELECT count(*) FROM locked WHERE a = 3')).toEqual([{ count: '1' }]);
    });
  });

  describe('refuses a row', () => {
    const table = async (name: string, columns: string): Promise<Rehearsal> => {
      await server.ask(`CREATE TABLE ${name} (${columns})`);
      return opened({ url: at('postgres'), table: name });
    };

    it.each([
      ['a text that is too long, and cuts none', 'v varchar(5)', { v: '123456' }, 'value too long'],
      ['a text that is too long for one of fixed length', 'v char(3)', { v: '1234' }, 'value too long'],
      ['half a number for a whole one', 'v integer', { v: 21.5 }, 'invalid input syntax'],
      ['a number that is too large', 'v smallint', { v: 40_000 }, 'out of range'],
      ['a text that is no time', 'v timestamptz', { v: 'soon' }, 'invalid input syntax'],
      ['a date in an order that could be another one', 'v date', { v: '13/04/2024' }, 'out of range'],
      ['a text with NUL', 'v text', { v: 'a\0b' }, 'unsupported Unicode'],
      ['half a character', 'v text', { v: '\ud800' }, 'Unicode'],
      ['a list for a number', 'v integer', { v: [1] }, 'invalid input syntax'],
      [
        'what a rule of the table forbids at the end',
        'v integer UNIQUE DEFERRABLE INITIALLY DEFERRED',
        { v: 1 },
        'duplicate key',
      ],
    ])('%s', async (_, columns, bad, words) => {
      const name = `refuses_${(tables += 1)}`;
      const output = await table(name, `${columns}, n integer`);
      await output.feed([{ v: null, n: 0 }, ...(words === 'duplicate key' ? [{ v: 1, n: 1 }] : [])]);
      const refused = await refusedOf(output, [{ n: 2 }, { ...bad, n: 3 }, { n: 4 }]);
      expect(Object.keys(refused)).toEqual(['1']);
      expect(refused[1]).toContain(words);
      expect((await server.ask(`SELECT n FROM ${name} WHERE n IN (2, 3, 4) ORDER BY n`)).map(({ n }) => n)).toEqual([
        '2',
        '4',
      ]);
    });

    it('with the words of a trigger', async () => {
      const output = await table('triggered', 'n integer');
      await server.ask(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF NEW.n = 2 THEN RAISE EXCEPTION 'no twos here'; END IF; RETURN NEW; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON triggered FOR EACH ROW EXECUTE FUNCTION refuse()`);
      expect(await refusedOf(output, [{ n: 1 }, { n: 2 }, { n: 3 }])).toEqual({
        1: 'the database refuses it: no twos here',
      });
    });

    it('and no other where keys are the same in its eyes alone', async () => {
      await server.ask('CREATE TABLE same_keys (id numeric PRIMARY KEY, n integer)');
      const output = await opened({ url: at('postgres'), table: 'same_keys', key: ['id'] });
      await output.feed([
        { id: 1, n: 1 },
        { id: '1.0', n: 2 },
        { id: '01', n: 3 },
        { id: 2, n: 4 },
      ]);
      expect(await server.ask('SELECT n FROM same_keys ORDER BY id')).toEqual([{ n: '3' }, { n: '4' }]);
    });
  });

  it('reads each value as the type of its column', async () => {
    await server.ask(`CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE TABLE typed (
      i integer[], t text[], m mood, u uuid, p inet, j json, d date, l timestamp, f real, b bytea, n numeric(6, 2), c text, z timestamptz)`);
    const output = await opened({ url: at('postgres'), table: 'typed' });
    const payload = {
      ...{ i: [1, 2], t: ['a"', 'b,c', null], m: 'good', u: '6d9b3a58-7b0c-4a6e-9a52-1f2d3c4b5a69', p: '10.0.0.1' },
      ...{ j: { a: [1] }, d: 1700000000000, l: '2024-05-01T10:00:00', f: 1.5, b: 'AP8=', n: 1.5, c: { deep: true } },
      z: '2024-05-01 12:00',
    };
    await output.feed([payload]);
    expect(await server.ask('SELECT * FROM typed')).toEqual([
      {
        ...{
          i: '{1,2}',
          t: '{"a\\"","b,c",NULL}',
          m: 'good',
          u: payload.u,
          p: '10.0.0.1',
          j: '{"a":[1]}',
          d: '2023-11-14',
        },
        ...{
          l: '2024-05-01 10:00:00',
          f: '1.5',
          b: '\\x00ff',
          n: '1.50',
          c: '{"deep":true}',
          z: '2024-05-01 12:00:00+00',
        },
      },
    ]);
  });

  it('goes on by itself after a table was exchanged, and after the server was started again', async () => {
    const output = await opened({ url: at('postgres'), table: 'exchanged', create_table: true });
    await output.feed([{ a: 1 }]);
    await server.ask('DROP TABLE exchanged; CREATE TABLE exchanged (a bytea)');
    expect(await waitsWith(output, [{ a: 'AP8=' }])).toContain('the table "exchanged" was changed');
    await output.feed([{ a: 'AP8=' }]);
    expect(await server.ask('SELECT a FROM exchanged')).toEqual([{ a: '\\x00ff' }]);
    await server.stop();
    expect(await waitsWith(output, [{ a: 'AA==' }])).toMatch(
      /the line was cut|terminating connection|nothing listens there/,
    );
    expect(await waitsWith(output, [{ a: 'AA==' }])).toContain('nothing listens there');
    await server.start();
    await output.feed([{ a: 'AA==' }]);
  });

  it('is given up where it stands still, and written to when it moves again', async () => {
    const output = await opened({
      url: at('postgres'),
      table: 'frozen',
      key: ['a'],
      create_table: true,
      timeout: '500ms',
    });
    await expect.poll(async () => faultOf(output, [{ a: 1 }]), { timeout: 30_000 }).toBeUndefined();
    server.freeze();
    try {
      expect(await waitsWith(output, [{ a: 2 }])).toContain('there is no answer');
      expect(await waitsWith(output, [{ a: 2 }])).toContain('there is no answer');
    } finally {
      server.thaw();
    }
    await expect.poll(async () => faultOf(output, [{ a: 2 }]), { timeout: 30_000 }).toBeUndefined();
    expect(await server.ask('SELECT a FROM frozen ORDER BY a')).toEqual([{ a: '1' }, { a: '2' }]);
  });

  it('what stands still does not hold up a stop', async () => {
    const output = await opened({ url: at('postgres'), table: 'frozen', key: ['a'] });
    await output.feed([{ a: 1 }]);
    server.freeze();
    try {
      const fed = faultOf(output, [{ a: 3 }]);
      await output.close();
      expect(await fed).toBeDefined();
    } finally {
      server.thaw();
    }
  });
});

describe('somebody who is no PostgreSQL', () => {
  const listening = async (met: (socket: Socket) => void): Promise<string> => {
    const server: Server = createServer((socket) => {
      socket.on('error', () => undefined);
      met(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    ended.push(() => server.close());
    return `postgres://user@127.0.0.1:${(server.address() as { port: number }).port}/db`;
  };
  const answering = (bytes: Buffer) => (socket: Socket) => void socket.once('data', () => socket.write(bytes));
  /** It says that a message of a gigabyte begins, and goes on and on. */
  const endless = (socket: Socket): void => {
    const chunk = Buffer.alloc(256 * 1024, 0x53);
    const more = (): void => {
      while (!socket.destroyed && socket.write(chunk));
      socket.once('drain', more);
    };
    socket.once('data', () => {
      socket.write(Buffer.from([0x53, 0x3f, 0xff, 0xff, 0xff]));
      more();
    });
  };

  it.each([
    ['in clear', [0x52, 0, 0, 0, 8, 0, 0, 0, 3]],
    ['as MD5', [0x52, 0, 0, 0, 12, 0, 0, 0, 5, 1, 2, 3, 4]],
    ['by SCRAM', [0x52, 0, 0, 0, 23, 0, 0, 0, 10, ...Buffer.from('SCRAM-SHA-256\0\0')]],
  ])('is told nothing that the server keeps in its home or its environment: a password %s', async (_, wanted) => {
    const home = mkdtempSync(join(tmpdir(), 'semstreams-home-'));
    ended.push(
      () => rmSync(home, { recursive: true }),
      () => vi.unstubAllEnvs(),
    );
    const heard: Buffer[] = [];
    const url = await listening((socket) => {
      socket.on('data', (chunk: Buffer) => heard.push(chunk));
      answering(Buffer.from(wanted))(socket);
    });
    writeFileSync(join(home, '.pgpass'), '*:*:*:*:hunter2\n', { mode: 0o600 });
    vi.stubEnv('HOME', home);
    for (const name of ['PGPASSWORD', 'PGOPTIONS', 'PGUSER', 'PGAPPNAME', 'PGREPLICATION', 'PGCLIENT_ENCODING'])
      vi.stubEnv(name, 'hunter2');
    vi.stubEnv('PGSSLNEGOTIATION', 'direct');
    const asked = async (): Promise<string> => waitsWith(await opened({ url, table: 't', timeout: '10s' }));
    expect(await asked()).toContain('it wants a password: give "password"');
    vi.unstubAllEnvs();
    vi.stubEnv('PGPASSFILE', join(home, '.pgpass'));
    expect(await asked()).toContain('it wants a password: give "password"');
    const begun = 'user\0user\0database\0db\0application_name\0SemStreams\0client_encoding\0UTF8\0\0';
    expect(heard.map((each) => each.toString('latin1').slice(8))).toEqual([begun, begun]);
  });

  it.each<[string, (socket: Socket) => void, string, object]>([
    ['hangs up', (socket) => socket.destroy(), 'the line was cut', {}],
    ['says nothing', () => undefined, 'there is no answer', {}],
    ['speaks HTTP', answering(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')), '', {}],
    ['says nonsense', answering(Buffer.alloc(64, 0xff)), '', {}],
    ['never ends', endless, 'it says more than 4 MB at once', {}],
    ['speaks no TLS', answering(Buffer.from('N')), 'it speaks no TLS', { tls: true }],
    ['puts something before TLS', answering(Buffer.from('SN')), 'it speaks no TLS', { tls: true }],
    ['begins TLS and is silent', answering(Buffer.from('S')), 'there is no answer', { tls: true }],
  ])('%s', async (_, met, words, more) => {
    // who waits for an answer need not wait long; all else may take its time
    const timeout = words === '' || words === 'there is no answer' ? '300ms' : '30s';
    const output = await opened({ url: await listening(met), table: 't', timeout, ...more });
    expect(await waitsWith(output)).toContain(words);
  });
});
