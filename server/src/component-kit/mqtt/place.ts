import { domainToASCII } from 'node:url';

const ports: Readonly<Record<string, number>> = { 'mqtt:': 1883, 'mqtts:': 8883 };

export interface BrokerPlace {
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
}

/** Where an address of mqtt:// or mqtts:// leads. */
export const placeOf = (url: string): BrokerPlace => {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : domainToASCII(decoded(hostname));
  return { host, port: port === '' ? ports[protocol]! : Number(port), isSecure: protocol === 'mqtts:' };
};

/** Who logs in, where the address says it. */
export const loginIn = (url: string): { readonly username: string; readonly password: string } => {
  const { username, password } = new URL(url);
  return { username: decoded(username), password: decoded(password) };
};

/** Parts of an address as they were meant; a lone percent sign stands for itself. */
const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};
