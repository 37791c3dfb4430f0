import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificates } from '../../../component-kit/testing/certificates.ts';
import { type Rehearsal, rehearse, until } from '../../../component-kit/testing/rehearsal.ts';
import { tcpInput } from './tcp-input.component.ts';

/** What socat and `openssl s_client` send, and who is let in by TLS. */
const made = makeCertificates();
const { file } = made;
const shown = (name: string) => ({ cert_file: file(`${name}.crt`), key_file: file(`${name}.key`) });
const root = join(import.meta.dirname, '../../../../..');

beforeAll(() => {
  made.authority('ours');
  made.authority('theirs');
  for (const name of ['server', 'sender', 'renewed']) made.signed(name, 'ours');
  made.signed('stranger', 'theirs');
  made.signed('scale', 'ours', { names: 'DNS:scale.example' });
});
afterAll(() => made.remove());

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

/** On PATH, or where `npm test` puts it. */
const programAt = (name: string): string =>
  [...(process.env['PATH'] ?? '').split(delimiter), join(root, '.tools')]
    .map((place) => join(place, name))
    .find((path) => existsSync(path)) ?? name;
const begin = (name: string, ...words: string[]): { readonly child: ChildProcess; said(): string } => {
  const child = spawn(programAt(name), words, { stdio: 'pipe' });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdin.on('error', () => undefined);
  ended.push(() => child.kill('SIGKILL'));
  return { child, said: () => said };
};

/** The port that socat says it has. */
const portOf = async (said: () => string): Promise<number> => {
  const find = (): string | undefined => /listening on .*:(\d+)/.exec(said())?.[1];
  await until('it listens', () => find() !== undefined);
  return Number(find());
};

const openAt = async (place: object, config: object): Promise<Rehearsal> => {
  const input = rehearse(tcpInput, { host: '127.0.0.1', port: 0, ...config }, { place });
  await input.open();
  return input;
};
const open = async (config: object): Promise<Rehearsal> => {
  const input = rehearse(tcpInput, { host: '127.0.0.1', port: 0, ...config });
  ended.push(async () => input.close());
  await input.open();
  return input;
};
const addressOf = (input: Rehearsal): string => `127.0.0.1:${String(input.facts()['listening'])}`;
const sClient = (input: Rehearsal, ...words: string[]) =>
  begin('openssl', 's_client', '-quiet', '-verify_return_error', '-connect', addressOf(input), ...words);
const trusting = ['-CAfile', file('ours.crt')];
const as = (name: string) => ['-cert', file(`${name}.crt`), '-key', file(`${name}.key`)];

it('socat sends lines, and what it is told to send is whole', async () => {
  const input = await open({ framing: 'stx_etx', format: 'text' });
  const { child } = begin('socat', '-u', '-', `TCP:${addressOf(input)}`);
  child.stdin!.end('noise\x02 12.5 kg\x03\r\n\x02 13.0 kg\x03');
  await until('both are there', () => input.emitted.length === 2);
  expect(input.payloads()).toMatchObject([{ text: ' 12.5 kg' }, { text: ' 13.0 kg' }]);
});

it('a device that is socat is dialled, and again when it comes back', async () => {
  const frames = file('frames');
  writeFileSync(frames, Buffer.from([0, 1, 65, 0, 2, 66, 67]));
  const { said } = begin(
    'socat',
    '-d',
    '-d',
    '-U',
    'TCP-LISTEN:0,bind=127.0.0.1,reuseaddr,fork',
    `OPEN:${frames},rdonly`,
  );
  const port = await portOf(said);
  const input = await open({
    mode: 'connect',
    address: '127.0.0.1',
    port,
    format: 'text',
    framing: 'length',
    length_bytes: '2',
  });
  await until('it came twice', () => input.emitted.length >= 4);
  expect(input.payloads().slice(0, 4)).toMatchObject([{ text: 'A' }, { text: 'BC' }, { text: 'A' }, { text: 'BC' }]);
});

describe('by TLS', () => {
  it('openssl s_client sends, and is let in by a certificate of the authority alone', async () => {
    const input = await open({ ...shown('server'), ca_file: file('ours.crt') });
    const right = sClient(input, ...trusting, ...as('sender'));
    right.child.stdin!.write('{"n":1}\n');
    await until('it is there', () => input.emitted.length === 1);

    for (const wrong of [trusting, [...trusting, ...as('stranger')]])
      sClient(input, ...wrong).child.stdin!.end('{"n":2}\n');
    await until('both are refused', () => input.facts()['refused'] === 2);
    expect(input.facts()['last_refusal']).toBe('it broke off, or showed no certificate of the authority in "ca_file"');

    right.child.stdin!.end('{"n":3}\n');
    await until('the next is there', () => input.emitted.length === 2);
    expect(input.payloads()).toEqual([{ n: 1 }, { n: 3 }]);
  });

  it('who speaks no TLS is refused, and who says nothing keeps nobody out', async () => {
    const input = await open(shown('server'));
    begin('socat', '-u', '-', `TCP:${addressOf(input)}`).child.stdin!.end('{"n":1}\n');
    await until('it is refused', () => input.facts()['last_refusal'] === 'it spoke no TLS, which is spoken here');
    begin('socat', '-', `TCP:${addressOf(input)}`);
    const { child } = sClient(input, ...trusting);
    child.stdin!.write('{"n":2}\n');
    await until('it is there', () => input.emitted.length === 1);
  });

  it('a run that takes the lines over goes on with them, and shows the certificate as it is now', async () => {
    const place = {};
    const files = { cert_file: file('now.crt'), key_file: file('now.key') };
    const use = (name: string): void => {
      made.openssl('x509', '-in', file(`${name}.crt`), '-out', files.cert_file);
      made.openssl('pkey', '-in', file(`${name}.key`), '-out', files.key_file);
    };
    use('server');
    const first = await openAt(place, files);
    const before = sClient(first, ...trusting);
    before.child.stdin!.write('{"n":1}\n');
    await until('it is there', () => first.emitted.length === 1);
    use('renewed');
    await first.close();
    const second = await openAt(place, files);
    ended.push(async () => second.close());
    before.child.stdin!.write('{"n":2}\n');
    const after = begin('openssl', 's_client', '-connect', addressOf(second), ...trusting);
    await until('it is seen', () => after.said().includes('CN = renewed') || after.said().includes('CN=renewed'));
    after.child.stdin!.write('{"n":3}\n');
    await until('both are there', () => second.emitted.length === 2);
  });

  it('a device is dialled whose certificate is right, and it is said why another is not', async () => {
    const { said } = begin(
      'socat',
      '-d',
      '-d',
      '-U',
      `OPENSSL-LISTEN:0,bind=127.0.0.1,reuseaddr,fork,verify=0,cert=${file('scale.crt')},key=${file('scale.key')}`,
      'SYSTEM:echo 1',
    );
    const port = await portOf(said);
    const device = { mode: 'connect', address: '127.0.0.1', port, tls: true, ca_file: file('ours.crt') };
    const wrong = await open(device);
    await until('it is told', () =>
      wrong.reports.some((report) => report.includes('its certificate is for another name')),
    );
    const right = await open({ ...device, server_name: 'scale.example' });
    await until('it is there', () => right.emitted.length > 0);
    expect([wrong.emitted, right.payloads()[0]]).toEqual([[], 1]);
  });
});
