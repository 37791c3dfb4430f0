import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { HttpInputConfig } from './http-input.definition.ts';

/** Whether the headers show the token that is asked for. */
export const tokenCheck = ({
  token,
  token_header: header,
}: Pick<HttpInputConfig, 'token' | 'token_header'>): ((headers: IncomingHttpHeaders) => boolean) => {
  if (token === '') return () => true;
  const name = header.toLowerCase();
  const right = name === 'authorization' ? `Bearer ${token}` : token;
  return (headers) => isSame(Buffer.from(headerOf(headers, name)), Buffer.from(right));
};

/** Whether a body is signed as it should be, by its bytes as they were sent. */
export const signatureCheck = (
  config: Pick<
    HttpInputConfig,
    'signed' | 'signing_key' | 'signature_header' | 'signature_prefix' | 'signature_encoding'
  >,
): ((headers: IncomingHttpHeaders, body: Buffer) => boolean) => {
  if (config.signed === 'no') return () => true;
  const name = config.signature_header.toLowerCase();
  const { signature_prefix: prefix, signature_encoding: encoding } = config;
  return (headers, body) => {
    const shown = headerOf(headers, name);
    if (!shown.startsWith(prefix)) return false;
    const right = createHmac('sha256', config.signing_key).update(body).digest();
    return isSame(Buffer.from(shown.slice(prefix.length), encoding), right);
  };
};

/** In a time that tells nothing of where two differ. */
const isSame = (one: Buffer, other: Buffer): boolean => one.length === other.length && timingSafeEqual(one, other);

/** A header as one text; empty where it is missing. */
export const headerOf = (headers: IncomingHttpHeaders, name: string): string => {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : (value ?? '');
};
