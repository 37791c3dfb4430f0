import { readFileSync } from 'node:fs';
import { credsAuthenticator, nkeyAuthenticator } from '@nats-io/transport-node';
import { FatalFault, sentenceOf } from '../../engine/fault.ts';
import type { NatsPlace } from './place.ts';
import type { NatsSettings } from './settings.ts';

/** What is said of oneself in CONNECT. */
export type Login = object;

/**
 * Who logs in, for the nonce that a server has sent. Files are read for each line, so that renewed ones are used. Throws a
 * FatalFault that names the file that is wrong.
 */
export const loginFor = (settings: NatsSettings, place: NatsPlace, nonce: string): Login => {
  const { credentials_file: file, token } = settings;
  if (file !== '') return fromFile(file, nonce);
  if (token !== '') return { auth_token: token };
  const username = settings.username || place.username;
  const password = settings.password || place.password;
  if (username === '') return {};
  // an address with a single word before the "@" has a token there
  return password === '' && settings.username === ''
    ? { auth_token: username, user: username, pass: '' }
    : { user: username, pass: password };
};

const fromFile = (path: string, nonce: string): Login => {
  const bytes = read(path);
  const text = bytes.toString('latin1');
  const seed = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .find((line) => /^S[A-Z][A-Z2-7]{56}$/.test(line));
  if (seed === undefined)
    throw new FatalFault(
      `the file "${path}" of "credentials_file" holds no key: it is one with ".creds", or one with a seed that begins with "SU"`,
    );
  try {
    const authenticator = text.includes('BEGIN NATS USER JWT')
      ? credsAuthenticator(new Uint8Array(bytes))
      : nkeyAuthenticator(new TextEncoder().encode(seed));
    return authenticator(nonce) as object;
  } catch (cause) {
    throw new FatalFault(`the file "${path}" of "credentials_file" cannot be used: ${sentenceOf(cause)}`, { cause });
  }
};

const read = (path: string): Buffer => {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new FatalFault(`the file "${path}" of "credentials_file" cannot be read: ${sentenceOf(cause)}`, { cause });
  }
};
