import { isIP } from 'node:net';
import { forbidden, lookup } from './lookup.ts';

export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/** The first address of a name; of an address itself. Rejects where the name is not known, or flows may not go there. */
export const resolveAddress = async (name: string): Promise<Address> => {
  const family = isIP(name);
  const problem = forbidden(name);
  if (problem) throw problem;
  if (family !== 0) return { address: name, family: family as 4 | 6 };
  return new Promise((resolve, reject) =>
    lookup(name, { all: false }, (error, address, found) => {
      if (error) reject(error);
      else resolve({ address: String(address), family: found === 6 ? 6 : 4 });
    }),
  );
};
