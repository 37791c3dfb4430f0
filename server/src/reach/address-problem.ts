import { BlockList, isIP } from 'node:net';

/**
 * Where flows may go on no general permission: link-local addresses (RFC 3927, RFC 4291), behind which clouds and
 * neighbours speak without asking who it is, and the other addresses at which clouds hand out their credentials.
 */
const refused = [
  '169.254.0.0/16',
  'fe80::/10',
  'fd00:ec2::/32',
  'fd20:ce::254/128',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.192/32',
];

/**
 * Why a flow may not dial an address, or undefined where it may. `name` is what the config calls it. Allowed are names
 * (`broker.example`, `*.example`), addresses, networks (`10.0.0.0/8`), and `*` for all. What gives access to a cloud or is
 * link-local is allowed only where an entry lies within it, such as `169.254.0.0/16` itself.
 */
export const addressProblem = (allowed: readonly string[], name: string, address: string): string | undefined => {
  const plain = withoutZone(address);
  const covering = networksOf(allowed).filter(({ list }) => list.check(plain, familyOf(plain)));
  if (isRefused(plain))
    return covering.some(({ base }) => isRefused(base))
      ? undefined
      : `${shown(name, address)} is an address of the machine or the cloud around it, which flows do not reach: allow it in the setting "network.allowed" where they should`;
  if (covering.length > 0 || allowed.some((entry) => isNamed(entry, name))) return undefined;
  return `${shown(name, address)} is no address that flows may reach here: add it to the setting "network.allowed" where they should`;
};

/** Why an entry of `network.allowed` means nothing, or undefined where it means something. */
export const networkEntryProblem = (entry: string): string | undefined =>
  networkOf(entry) !== undefined || /^(\*|(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*)$/i.test(entry)
    ? undefined
    : 'write a name such as "broker.example" or "*.example", an address, a network such as "10.0.0.0/8", or "*"';

interface Network {
  readonly base: string;
  readonly list: BlockList;
}

const networkOf = (entry: string): Network | undefined => {
  const [base = '', bits] = entry.split('/');
  if (isIP(base) === 0) return undefined;
  const longest = isIP(base) === 6 ? 128 : 32;
  const prefix = bits === undefined ? longest : Number(bits);
  if (!/^\d+$/.test(bits ?? '0') || prefix > longest) return undefined;
  const list = new BlockList();
  list.addSubnet(base, prefix, familyOf(base));
  return { base, list };
};

/** Lists do not change while a process runs, so each is read once. */
const known = new WeakMap<readonly string[], readonly Network[]>();
const networksOf = (allowed: readonly string[]): readonly Network[] => {
  const found = known.get(allowed) ?? allowed.map(networkOf).filter((network) => network !== undefined);
  known.set(allowed, found);
  return found;
};

const isRefused = (address: string): boolean =>
  [address, ...embedded(address)].some((each) =>
    networksOf(refused).some(({ list }) => list.check(each, familyOf(each))),
  );

/**
 * The addresses of IPv4 that one of IPv6 may lead to: mapped, compatible and translated ones (RFC 4291, RFC 2765), NAT64 with its
 * usual prefix and the one for local use (RFC 6052, RFC 8215), and 6to4 (RFC 3056).
 */
const embedded = (address: string): readonly string[] => {
  if (isIP(address) !== 6) return [];
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = groupsOf(address);
  const last = dotted(g, h);
  if (a === 0x2002) return [dotted(b, c)];
  if (a === 0x64 && b === 0xff9b) return c === 1 ? [last, dotted(d, ((e & 0xff) << 8) | (f >> 8))] : [last];
  return a + b + c + d === 0 && [e, f].every((group) => group === 0 || group === 0xffff) ? [last] : [];
};

const dotted = (high: number, low: number): string => [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');

/** The eight numbers of an address of IPv6, however it is written. */
const groupsOf = (address: string): readonly number[] => {
  // as a host it is written in one way: eight groups at most, in hexadecimal
  const [before = '', after] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const [start, end] = [before, after ?? ''].map((part) =>
    part === '' ? [] : part.split(':').map((one) => parseInt(one, 16)),
  );
  const missing = Array.from({ length: 8 - start!.length - end!.length }, () => 0);
  return [...start!, ...(after === undefined ? [] : missing), ...end!];
};

const isNamed = (entry: string, name: string): boolean => {
  if (entry === '*') return true;
  const [wanted, given] = [entry, name].map((text) => text.toLowerCase().replace(/\.$/, ''));
  return wanted!.startsWith('*.') ? given!.endsWith(wanted!.slice(1)) : given === wanted;
};

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
const withoutZone = (address: string): string => address.split('%', 1)[0]!;
const shown = (name: string, address: string): string => (name === address ? name : `"${name}" (${address})`);
