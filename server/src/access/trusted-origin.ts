import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a request may come from where it says. Browsers name the page's origin: it must be this server itself, else
 * a page of somebody else could act in a user's name. The host must be an address, `localhost` or a known name, else a
 * foreign name that resolves to this machine could (DNS rebinding).
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

const isKnownHost = (name: string, allowed: readonly string[]): boolean =>
  name === 'localhost' || /^[\d.]+$/.test(name) || name.startsWith('[') || allowed.includes(name);
