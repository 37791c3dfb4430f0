import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { ReadFile } from '../config/load-settings.ts';
import { readingSoon } from '../config/read-soon.ts';
import { SettingsError } from '../config/settings-error.ts';
import type { SettingsValues } from '../config/settings.schema.ts';

/** What a TLS server shows, read and found to belong together. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly validTo: Date;
}

/** Older versions are broken, and no browser needs them. */
export const oldestTls = 'TLSv1.2';

/** Reads both files. Throws a SettingsError that names the file and what is wrong with it. */
export const readCertificate = ({ cert_file, key_file }: SettingsValues['tls']): Certificate => {
  const readFile = readingSoon();
  const cert = read('tls.cert_file', cert_file, readFile);
  const key = read('tls.key_file', key_file, readFile);
  const certificate = parseCertificate(cert, cert_file);
  if (!certificate.checkPrivateKey(parseKey(key, key_file)))
    throw new SettingsError(
      `the key "${key_file}" does not belong to the certificate "${cert_file}": take both from the same place, with the server's own certificate first`,
    );
  return { cert, key, validTo: new Date(certificate.validTo) };
};

const read = (setting: string, path: string, readFile: ReadFile): string => {
  try {
    return readFile(path);
  } catch (cause) {
    const { code } = cause as { code?: string };
    const why = reasons[code ?? ''] ?? (cause as Error).message;
    throw new SettingsError(`the file "${path}" of "${setting}" cannot be read: ${why}`, { cause });
  }
};

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EISDIR: 'it is a folder',
};

const parseCertificate = (text: string, path: string): X509Certificate => {
  try {
    return new X509Certificate(text);
  } catch (cause) {
    const isKey = text.includes('PRIVATE KEY');
    throw new SettingsError(`"${path}" of "tls.cert_file" is no PEM certificate${isKey ? ' but a private key' : ''}`, {
      cause,
    });
  }
};

const parseKey = (text: string, path: string): KeyObject => {
  try {
    return createPrivateKey(text);
  } catch (cause) {
    if (text.includes('ENCRYPTED'))
      throw new SettingsError(
        `the key "${path}" is locked by a passphrase: unlock it with "openssl pkey -in ${path} -out unlocked.key"`,
        { cause },
      );
    const isCertificate = text.includes('BEGIN CERTIFICATE');
    throw new SettingsError(
      `"${path}" of "tls.key_file" is no PEM private key${isCertificate ? ' but a certificate' : ''}`,
      { cause },
    );
  }
};
