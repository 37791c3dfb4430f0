import { X509Certificate } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { checkServerIdentity, type ConnectionOptions, createSecureContext } from 'node:tls';
import { FatalFault, sentenceOf } from '../../engine/fault.ts';
import { fileProblem } from '../../reach/file-problem.ts';
import { reach } from '../../reach/reach.ts';
import { isOwn } from '../files/data-files.ts';
import { tlsFileProblem } from './tls-problem.ts';

/** Files in PEM, and the name that the far side has to show; an empty text is none. */
export interface TlsFiles {
  readonly ca_file: string;
  readonly cert_file: string;
  readonly key_file: string;
  readonly server_name?: string;
}

type TlsOptions = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername' | 'checkServerIdentity'>;

/** What TLS needs of these files. Throws a FatalFault that names the file that is wrong, and what is wrong with it. */
export const readTlsFiles = ({ ca_file, cert_file, key_file, server_name = '' }: TlsFiles): TlsOptions => {
  if ((cert_file === '') !== (key_file === ''))
    throw new FatalFault('a certificate and its key belong together: give "cert_file" and "key_file", or neither');
  return {
    ...(ca_file !== '' && { ca: readCertificate('ca_file', ca_file) }),
    ...(cert_file !== '' && readPair(cert_file, key_file)),
    ...(server_name !== '' && nameOf(server_name)),
  };
};

const readPair = (certFile: string, keyFile: string): Pick<TlsOptions, 'cert' | 'key'> => {
  const pair = { cert: readCertificate('cert_file', certFile), key: read('key_file', keyFile) };
  trying('key_file', keyFile, () => createSecureContext({ key: pair.key }));
  trying('key_file', keyFile, () => createSecureContext(pair));
  return pair;
};

const readCertificate = (setting: string, path: string): Buffer => {
  const content = read(setting, path);
  trying(setting, path, () => new X509Certificate(content));
  if (!content.includes('-----BEGIN '))
    throw new FatalFault(
      `the file "${path}" of "${setting}" is not PEM: make one of it by "openssl x509 -inform der -in … -out …"`,
    );
  return content;
};

const trying = (setting: string, path: string, work: () => unknown): void => {
  try {
    work();
  } catch (cause) {
    throw new FatalFault(`the file "${path}" of "${setting}" ${tlsFileProblem(cause)}`, { cause });
  }
};

const read = (setting: string, path: string): Buffer => {
  const problem = whyNotOurs(path);
  if (problem !== undefined) throw new FatalFault(`the file of "${setting}": ${problem}`);
  try {
    return readFileSync(wholePath(path));
  } catch (cause) {
    throw new FatalFault(`the file "${path}" of "${setting}" cannot be read: ${sentenceOf(cause)}`, { cause });
  }
};

/** Below the data folder, where it is not whole. */
const wholePath = (path: string): string => resolve(reach().files?.dataDir ?? '.', path);

const whyNotOurs = (shown: string): string | undefined => {
  const { files } = reach();
  if (!files) return undefined;
  try {
    const path = realpathSync(wholePath(shown));
    if (isOwn(realpathSync(files.dataDir), path)) return `"${shown}" belongs to the server itself`;
    return fileProblem(files, { path, named: wholePath(shown), shown, use: 'tls' });
  } catch {
    // one that is not there is told of when it is read
    return undefined;
  }
};

/** An address is no name that may be asked for (RFC 6066, section 3), so it is only looked at in the certificate. */
const nameOf = (name: string): TlsOptions =>
  isIP(name) === 0
    ? { servername: name }
    : { checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate) };
