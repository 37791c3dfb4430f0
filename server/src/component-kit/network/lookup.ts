import { lookup as ask } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** How whoever dials finds the addresses of a name: all of them here, so that a rule on where flows may go has one place. */
export const lookup: LookupFunction = (name, options, found) => ask(name, options, found);
