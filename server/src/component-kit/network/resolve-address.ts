import { isIP } from 'node:net';
import { lookup } from './lookup.ts';

export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/** The first address of a name; of an address itself. Rejects where the name is not known. */
export const resolveAddress = async (name: string): Promise<Address> => {
  const family = isIP(name);
  if (family !== 0) return { address: name, family: family as 4 | 6 };
  return new Promise((resolve, reject) =>
    lookup(name, { all: false }, (error, address, found) => {
      if (error) reject(error);
      else resolve({ address: String(address), family: found === 6 ? 6 : 4 });
    }),
  );
};
