import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { FatalFault, sentenceOf } from '../../engine/fault.ts';

/** Files in PEM; an empty path is none. */
export interface TlsFiles {
  readonly ca_file: string;
  readonly cert_file: string;
  readonly key_file: string;
}

/** What TLS needs of these files. Throws a FatalFault that names the file that is wrong. */
export const readTlsFiles = ({ ca_file, cert_file, key_file }: TlsFiles): SecureContextOptions => {
  if ((cert_file === '') !== (key_file === ''))
    throw new FatalFault('a certificate and its key belong together: give "cert_file" and "key_file", or neither');
  const options: SecureContextOptions = {
    ...(ca_file !== '' && { ca: read('ca_file', ca_file) }),
    ...(cert_file !== '' && { cert: read('cert_file', cert_file), key: read('key_file', key_file) }),
  };
  try {
    createSecureContext(options);
    return options;
  } catch (cause) {
    throw new FatalFault(`certificates and key do not fit: ${sentenceOf(cause)}`, { cause });
  }
};

const read = (setting: string, path: string): Buffer => {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new FatalFault(`the file "${path}" of "${setting}" cannot be read: ${sentenceOf(cause)}`, { cause });
  }
};
