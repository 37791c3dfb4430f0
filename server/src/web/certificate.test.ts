import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readCertificate } from './certificate.ts';

const folder = mkdtempSync(join(tmpdir(), 'semstreams-certificate-'));
const file = (name: string) => join(folder, name);
const settings = (cert: string, key: string) => ({
  enabled: true,
  cert_file: file(cert),
  key_file: file(key),
  hsts: 0,
});

const make = (name: string) =>
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '7']
      .concat(['-keyout', file(`${name}.key`), '-out', file(`${name}.crt`)])
      .concat(['-subj', `/CN=${name}.local`]),
    { stdio: 'ignore' },
  );

beforeAll(() => {
  make('a');
  make('b');
  writeFileSync(file('nonsense'), 'nonsense');
  execFileSync('openssl', ['pkey', '-in', file('a.key'), '-aes256', '-passout', 'pass:x', '-out', file('locked.key')]);
});
afterAll(() => rmSync(folder, { recursive: true }));

it('reads a certificate with its key', () => {
  const { validTo } = readCertificate(settings('a.crt', 'a.key'));
  expect(validTo.getTime()).toBeGreaterThan(Date.now());
});

it.each([
  [
    'missing.crt',
    'a.key',
    `the file "${file('missing.crt')}" of "tls.cert_file" cannot be read: there is no such file`,
  ],
  ['a.crt', 'missing.key', `the file "${file('missing.key')}" of "tls.key_file" cannot be read: there is no such file`],
  ['nonsense', 'a.key', `"${file('nonsense')}" of "tls.cert_file" is no PEM certificate`],
  ['a.key', 'a.crt', `"${file('a.key')}" of "tls.cert_file" is no PEM certificate but a private key`],
  ['a.crt', 'b.crt', `"${file('b.crt')}" of "tls.key_file" is no PEM private key but a certificate`],
  ['a.crt', 'b.key', `the key "${file('b.key')}" does not belong to the certificate "${file('a.crt')}"`],
  ['a.crt', 'locked.key', `the key "${file('locked.key')}" is locked by a passphrase`],
])('says in one line what is wrong with %s and %s', (cert, key, sentence) => {
  expect(() => readCertificate(settings(cert, key))).toThrow(sentence);
});
