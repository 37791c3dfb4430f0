import { sentenceOf } from '../../engine/fault.ts';

type Coded = Partial<Record<'code' | 'host' | 'reason', string>> & {
  readonly cert?: { readonly subjectaltname?: string };
};

/** What is wrong with a file of a certificate or a key, for people, to stand behind its name. */
export const tlsFileProblem = (thrown: unknown): string => {
  const { code = '' } = thrown as Coded;
  return ofFiles[code] ?? `cannot be used: ${sentenceOf(thrown)}`;
};

const noPem = 'holds nothing in PEM: it has to begin with "-----BEGIN"';
const noPassphrase =
  'is locked with a passphrase: unlock it by "openssl pkey -in … -out …", and let nobody else read it';

const ofFiles: Readonly<Record<string, string>> = {
  ERR_OSSL_PEM_NO_START_LINE: noPem,
  ERR_OSSL_UNSUPPORTED: noPem,
  ERR_OSSL_ASN1_WRONG_TAG: noPem,
  ERR_OSSL_ASN1_NOT_ENOUGH_DATA: noPem,
  ERR_OSSL_ASN1_HEADER_TOO_LONG: noPem,
  ERR_OSSL_ASN1_NESTED_ASN1_ERROR: noPem,
  ERR_OSSL_PEM_BAD_BASE64_DECODE: 'is damaged: what stands between BEGIN and END is no base64',
  ERR_OSSL_PEM_BAD_END_LINE: 'is damaged: its end is missing',
  ERR_OSSL_X509_KEY_VALUES_MISMATCH:
    'is no key of the certificate in "cert_file": each certificate has a key of its own',
  ERR_OSSL_X509_KEY_TYPE_MISMATCH: 'is no key of the certificate in "cert_file": each certificate has a key of its own',
  ERR_OSSL_CRYPTO_INTERRUPTED_OR_CANCELLED: noPassphrase,
  ERR_MISSING_PASSPHRASE: noPassphrase,
  ERR_OSSL_BAD_DECRYPT: noPassphrase,
  ERR_OSSL_SSL_EE_KEY_TOO_SMALL: 'has a key that is too short for today: make one of 2048 bits or more',
  ERR_SSL_EE_KEY_TOO_SMALL: 'has a key that is too short for today: make one of 2048 bits or more',
  ERR_SSL_CA_MD_TOO_WEAK: 'is signed in a way that nobody trusts any more: let it be signed with SHA-256',
};

/** Why TLS did not come about, for people; undefined where it is not TLS that failed. `it` is the far side. */
export const tlsProblem = (thrown: unknown): string | undefined => {
  const { code = '', host, reason, cert } = thrown as Coded;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `its certificate is for another name than "${host ?? ''}"${namesIn(cert?.subjectaltname)}; where it is the right one, write its name in "server_name"`;
  return ofLines[code] ?? (code.startsWith('ERR_SSL_') ? `TLS fails: ${wordsOf(reason ?? code)}` : undefined);
};

/** Why somebody who came here by TLS was not let in, for people. */
export const refusedByTls = (thrown: unknown): string => {
  const { code = '', message } = thrown as Coded & { readonly message: string };
  if (code === 'ERR_SSL_HTTP_REQUEST' || code === 'ERR_SSL_WRONG_VERSION_NUMBER')
    return 'it spoke no TLS, which is spoken here';
  // whose certificate is not taken is cut off without an error of its own
  if (code === 'ECONNRESET' || message.includes('did not return a certificate'))
    return 'it broke off, or showed no certificate of the authority in "ca_file"';
  return ofCallers[code] ?? `TLS failed: ${wordsOf(code === '' ? message : code)}`;
};

const ofCallers: Readonly<Record<string, string>> = {
  ERR_TLS_HANDSHAKE_TIMEOUT: 'it did not agree on TLS in time',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'it does not trust who signed the certificate in "cert_file"',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'it does not like the certificate in "cert_file"',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'it does not like the certificate in "cert_file"',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'it speaks no version of TLS that is safe today (1.2 or newer)',
};

/** The names that a certificate is for, a few of them. */
const namesIn = (alternatives = ''): string => {
  const names = [...alternatives.matchAll(/(?:DNS|IP Address):([^\s,]+)/g)].map(([, name]) => name!);
  return names.length === 0 ? '' : `: it is for ${names.slice(0, 5).join(', ')}`;
};

const wordsOf = (code: string): string =>
  code
    .replace(/^ERR_SSL_/, '')
    .toLowerCase()
    .replaceAll('_', ' ');

const selfSigned =
  'its certificate is signed by itself and not trusted here: where it is the right one, name its file in "ca_file"';
const unknownAuthority =
  'its certificate is signed by an authority that is not trusted here: name the file of that authority in "ca_file"';
const showNothing = 'it wants a certificate of ours: give "cert_file" and "key_file"';
const noTls = 'it does not speak TLS at this port: is it another port, or an address without TLS?';
const noVersion = 'it speaks no version of TLS that is safe today (1.2 or newer)';

const ofLines: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired: renew it there, or set the clock here',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: set the clock here',
  CERT_REVOKED: 'its certificate was revoked',
  CERT_UNTRUSTED: unknownAuthority,
  CERT_REJECTED: unknownAuthority,
  INVALID_CA: 'its certificate is signed by one that may sign none: let the authority sign it',
  INVALID_PURPOSE: 'its certificate is not meant for servers',
  PATH_LENGTH_EXCEEDED: 'its certificate has more authorities between than it may have',
  DEPTH_ZERO_SELF_SIGNED_CERT: selfSigned,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'who signed its certificate is not known here: name the file of that authority in "ca_file", or let the far side show the certificates between, too',
  CERT_SIGNATURE_FAILURE:
    'the signature of its certificate is wrong: "ca_file" holds another authority of the same name',
  CERT_CHAIN_TOO_LONG: 'its certificate has too many authorities between',
  HOSTNAME_MISMATCH: 'its certificate is for another name',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: showNothing,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: `it breaks off: perhaps ${showNothing}`,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'it does not trust who signed the certificate in "cert_file"',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'the certificate in "cert_file" has expired',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: 'the certificate in "cert_file" was revoked',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'it does not like the certificate in "cert_file"',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'it does not like the certificate in "cert_file"',
  ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: 'it takes no certificate such as the one in "cert_file"',
  ERR_SSL_TLSV1_ALERT_ACCESS_DENIED: 'it knows the certificate in "cert_file", and does not let it in',
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME:
    'it does not know the name in the address: write the one that it has in "server_name"',
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_HTTP_REQUEST: 'it does not speak TLS: is the address one for TLS by mistake?',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  EPROTO: noTls,
  ERR_SSL_UNSUPPORTED_PROTOCOL: noVersion,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: noVersion,
  ERR_SSL_DH_KEY_TOO_SMALL: 'its keys are too short for today: it needs newer settings',
  ERR_SSL_EE_KEY_TOO_SMALL: 'the key of its certificate is too short for today',
};
