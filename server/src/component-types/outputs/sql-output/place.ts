/** Where a server of PostgreSQL is, and what of it is meant. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  /** Empty where the address names nobody. */
  readonly username: string;
  readonly password: string;
}

const usualPort = 5432;
const wayOut = 'write an address such as "postgres://127.0.0.1:5432/plant"';

/** What is wrong with an address, for people; undefined where nothing is. */
export const placeProblem = (url: string): string | undefined => {
  if (!/^postgres(ql)?:\/\/[^/?#]/.test(url) || !URL.canParse(url)) return wayOut;
  const { hostname, pathname, search, hash } = new URL(url);
  if (hostname === '') return wayOut;
  if (search !== '' || hash !== '')
    return 'leave out what stands behind the name of the database: TLS and all else have settings of their own';
  const parts = pathname.split('/').slice(1);
  if (parts.length !== 1 || parts[0] === '') return 'name the database behind the address, such as "/plant"';
  return canBeDecoded(url) ? undefined : 'write "%25" for a percent sign';
};

const canBeDecoded = (text: string): boolean => {
  try {
    return decodeURIComponent(text) !== '';
  } catch {
    return false;
  }
};

/** @param url one that has no problem */
export const placeOf = (url: string): Place => {
  const { hostname, port, pathname, username, password } = new URL(url);
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? usualPort : Number(port),
    name: decodeURIComponent(pathname.slice(1)),
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
  };
};
