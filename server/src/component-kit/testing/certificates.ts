import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Certificates and keys that `openssl` makes in a folder of their own: for tests. */
export interface Certificates {
  /** Path of a file in the folder, such as `server.crt` or `server.key`. */
  file(name: string): string;
  /** An authority that signs, by itself. */
  authority(name: string): void;
  /** What is signed by one that was made before, for these names. */
  signed(name: string, by: string, more?: SignedOptions): void;
  openssl(...words: string[]): void;
  remove(): void;
}

interface SignedOptions {
  /** As in `subjectAltName`; the loopback where it is left out. */
  readonly names?: string;
  /** Whether it may sign others. */
  readonly isAuthority?: boolean;
  /** Days from now on; negative ones have passed. */
  readonly days?: number;
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export const makeCertificates = (): Certificates => {
  const folder = mkdtempSync(join(tmpdir(), 'semstreams-certificates-'));
  const file = (name: string): string => join(folder, name);
  const openssl = (...words: string[]): void => void execFileSync('openssl', words, { stdio: 'ignore' });
  return {
    file,
    openssl,
    authority: (name) =>
      openssl(
        ...['req', '-x509', ...newKey, '-days', '7', '-subj', `/CN=${name}`],
        ...['-keyout', file(`${name}.key`), '-out', file(`${name}.crt`)],
      ),
    signed(name, by, { names = 'IP:127.0.0.1', isAuthority = false, days = 7 } = {}) {
      openssl('req', ...newKey, '-subj', `/CN=${name}`, '-keyout', file(`${name}.key`), '-out', file(`${name}.csr`));
      const usage = isAuthority ? 'basicConstraints=critical,CA:TRUE\n' : `subjectAltName=${names}\n`;
      writeFileSync(file('extensions'), usage);
      openssl(
        ...['x509', '-req', '-in', file(`${name}.csr`), '-CA', file(`${by}.crt`), '-CAkey', file(`${by}.key`)],
        ...['-CAcreateserial', '-days', String(days), '-extfile', file('extensions'), '-out', file(`${name}.crt`)],
      );
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
};
