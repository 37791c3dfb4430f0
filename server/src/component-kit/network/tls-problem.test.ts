import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer as createPlainServer } from 'node:net';
import { connect, createServer, type TlsOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificates } from '../testing/certificates.ts';
import { dialProblem } from './dial-problem.ts';
import { readTlsFiles } from './tls-files.ts';

const made = makeCertificates();
const { file } = made;

beforeAll(() => {
  made.authority('ours');
  made.authority('theirs');
  made.signed('server', 'ours');
  made.signed('client', 'ours');
  made.signed('between', 'ours', { isAuthority: true });
  made.signed('far', 'between');
  made.signed('elsewhere', 'ours', { names: 'DNS:broker.example,DNS:other.example' });
  made.signed('old', 'ours', { days: -1 });
  made.openssl('pkey', '-in', file('server.key'), '-aes256', '-passout', 'pass:secret', '-out', file('locked.key'));
  made.openssl('x509', '-in', file('server.crt'), '-outform', 'der', '-out', file('server.der'));
  writeFileSync(file('empty'), '');
  writeFileSync(file('text'), 'no certificate\n');
  writeFileSync(file('cut'), readFileSync(file('server.crt'), 'utf8').slice(0, 200));
});
afterAll(() => made.remove());

const shown = (name: string) => ({ cert: readFileSync(file(`${name}.crt`)), key: readFileSync(file(`${name}.key`)) });

/** Dials a server with these certificates. Resolves with what happens, in words; "connected" where all is well. */
const dial = async (
  server: TlsOptions,
  files: Partial<Parameters<typeof readTlsFiles>[0]> = {},
  isPlain = false,
): Promise<string> => {
  const listening = isPlain ? createPlainServer((socket) => socket.end('hello\r\n')) : createServer(server);
  listening.on('tlsClientError', () => undefined);
  listening.on('secureConnection', (socket) => socket.on('error', () => undefined).end('hello'));
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  const options = readTlsFiles({ ca_file: '', cert_file: '', key_file: '', ...files });
  const socket = connect({ host: '127.0.0.1', port, ...options });
  try {
    return await new Promise<string>((resolve) => {
      socket.once('data', () => resolve('connected'));
      socket.once('error', (error) => resolve(dialProblem(error)));
    });
  } finally {
    socket.destroy();
    listening.close();
  }
};
const ours = () => ({ ca_file: file('ours.crt') });

describe('why TLS is not made', () => {
  it('says nothing where all is well, also by another name', async () => {
    expect(await dial(shown('server'), ours())).toBe('connected');
    expect(await dial(shown('elsewhere'), { ...ours(), server_name: 'broker.example' })).toBe('connected');
    expect(await dial(shown('server'), { ...ours(), server_name: '127.0.0.1' })).toBe('connected');
  });

  it.each([
    ['an authority that nobody knows', () => dial(shown('server'), { ca_file: file('theirs.crt') }), '"ca_file"'],
    ['no authority of ours', () => dial(shown('server')), 'name the file of that authority in "ca_file"'],
    ['one that signed itself', () => dial(shown('theirs'), ours()), 'its certificate is signed by itself'],
    [
      'an intermediate certificate that is missing',
      () => dial(shown('far'), ours()),
      'or let the far side show the certificates between, too',
    ],
    ['one that has expired', () => dial(shown('old'), ours()), 'its certificate has expired'],
    [
      'one for other names',
      () => dial(shown('elsewhere'), ours()),
      'its certificate is for another name than "127.0.0.1": it is for broker.example, other.example; where it is the right one, write its name in "server_name"',
    ],
    ['a port without TLS', () => dial({}, ours(), true), 'it does not speak TLS at this port'],
    [
      'a server that wants a certificate',
      () => dial({ ...shown('server'), ca: readFileSync(file('ours.crt')), requestCert: true }, ours()),
      'it wants a certificate of ours: give "cert_file" and "key_file"',
    ],
  ])('names %s', async (_, work, sentence) => {
    expect(await work()).toContain(sentence);
  });

  it('takes one between where the far side shows it', async () => {
    const chain = Buffer.concat(['far', 'between'].map((name) => readFileSync(file(`${name}.crt`))));
    expect(await dial({ ...shown('far'), cert: chain }, ours())).toBe('connected');
  });
});

describe('files of certificates', () => {
  const [none, server] = [{ ca_file: '', cert_file: '', key_file: '' }, () => file('server.crt')];
  it.each([
    ['a key without its certificate', () => ({ key_file: file('server.key') }), 'belong together'],
    ['a file that is not there', () => ({ ca_file: file('nowhere') }), 'cannot be read: ENOENT'],
    ['a folder', () => ({ ca_file: file('.') }), 'cannot be read: EISDIR'],
    ['an empty authority', () => ({ ca_file: file('empty') }), 'of "ca_file" holds nothing in PEM'],
    ['a text', () => ({ ca_file: file('text') }), 'of "ca_file" holds nothing in PEM'],
    ['a key as authority', () => ({ ca_file: file('server.key') }), 'of "ca_file" holds nothing in PEM'],
    ['a certificate that was cut', () => ({ ca_file: file('cut') }), 'is damaged'],
    ['DER', () => ({ ca_file: file('server.der') }), 'is not PEM: make one of it by "openssl x509'],
    [
      'a key of another certificate',
      () => ({ cert_file: server(), key_file: file('client.key') }),
      'of "key_file" is no key of the certificate in "cert_file"',
    ],
    ['a locked key', () => ({ cert_file: server(), key_file: file('locked.key') }), 'is locked with a passphrase'],
    ['a certificate as key', () => ({ cert_file: server(), key_file: server() }), 'of "key_file" holds nothing in PEM'],
  ])('are told from %s', (_, given, sentence) => {
    expect(() => readTlsFiles({ ...none, ...given() })).toThrow(sentence);
  });
});
