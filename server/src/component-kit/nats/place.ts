import { domainToASCII } from 'node:url';

/** One server of several. */
export interface NatsPlace {
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
  /** As people may see it: without who logs in. */
  readonly shown: string;
  readonly username: string;
  readonly password: string;
}

const usualPort = 4222;

/** The servers of a text such as `nats://a:4222, nats://b`. Throws a RangeError that says which one is none. */
export const placesOf = (text: string): readonly NatsPlace[] => {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0) throw new RangeError('write an address such as "nats://127.0.0.1:4222"');
  return parts.map(placeOf);
};

const placeOf = (text: string): NatsPlace => {
  const problem =
    'write an address such as "nats://127.0.0.1:4222", or "tls://nats.example"; several with commas between';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^(nats|tls):\/\/[^/?#]/.test(text) || url.hostname === '') throw new RangeError(problem);
  if (/[?#]/.test(text) || url.pathname.length > 1)
    throw new RangeError('leave out what stands behind the port: subjects have a setting of their own');
  const { hostname, port, protocol, username, password } = url;
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : domainToASCII(decoded(hostname));
  const number = port === '' ? usualPort : Number(port);
  return {
    ...{ host, port: number, isSecure: protocol === 'tls:' },
    shown: `${protocol}//${hostname}:${number}`,
    username: decoded(username),
    password: decoded(password),
  };
};

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};
