import { BlockList, isIP } from 'node:net';

/**
 * Where flows may go on no general permission: link-local addresses (RFC 3927, RFC 4291), behind which clouds and
 * neighbours speak without asking who it is, and the other addresses at which clouds hand out their credentials.
 */
const refused = [
  '169.254.0.0/16',
  'fe80::/10',
  'fd00:ec2::254/128',
  'fd20:ce::254/128',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.192/32',
  // the first of them as NAT64 and 6to4 write it: RFC 6052, RFC 3056
  '64:ff9b::a9fe:0/112',
  '2002:a9fe::/32',
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
  networksOf(refused).some(({ list }) => list.check(address, familyOf(address)));

const isNamed = (entry: string, name: string): boolean => {
  if (entry === '*') return true;
  const [wanted, given] = [entry, name].map((text) => text.toLowerCase().replace(/\.$/, ''));
  return wanted!.startsWith('*.') ? given!.endsWith(wanted!.slice(1)) : given === wanted;
};

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
const withoutZone = (address: string): string => address.split('%', 1)[0]!;
const shown = (name: string, address: string): string => (name === address ? name : `"${name}" (${address})`);
