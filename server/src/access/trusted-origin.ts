import type { IncomingHttpHeaders } from 'node:http';
import { hostname } from 'node:os';

/**
 * Whether a request may come from where it says. Browsers name the page's origin: it must be this server itself, else
 * a page of somebody else could act in a user's name. The host must be an address, `localhost`, a name of this machine or a
 * known one, else a foreign name that resolves to this machine could (DNS rebinding).
 */
export const isTrusted = ({ host, origin }: IncomingHttpHeaders, allowedHosts: readonly string[]): boolean => {
  if (host === undefined || !isKnownHost(nameOf(host), allowedHosts)) return false;
  if (origin === undefined) return true;
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
};

const nameOf = (host: string): string => host.replace(/:\d+$/, '').toLowerCase();

/** What a machine is called in its own network, also by mDNS. */
const ownNames = [hostname(), `${hostname()}.local`].map((name) => name.toLowerCase());

const isKnownHost = (name: string, allowed: readonly string[]): boolean =>
  name === 'localhost' ||
  ownNames.includes(name) ||
  /^[\d.]+$/.test(name) ||
  name.startsWith('[') ||
  allowed.includes(name);
