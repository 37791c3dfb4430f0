import { z } from 'zod';

/** Key of the system bucket under which the server stands that uses it all. */
export const holderKey = 'holder';
/** Key under which a server asks the holder for a sign of life. */
export const challengerKey = 'challenger';

/** Who uses what is kept in a NATS account. What later versions add is left alone. */
export const Holder = z.looseObject({
  /** Of its data folder: the same after a restart, and in a copy of the folder. */
  instance: z.string(),
  /** Of one run of the server. */
  process: z.string(),
  name: z.string(),
  host: z.string(),
  pid: z.number(),
  since: z.string(),
  /** Subject where that run answers. */
  inbox: z.string(),
  /** Somebody took over for this instance, which is not started yet. */
  is_reserved: z.boolean().default(false),
});
export type Holder = z.infer<typeof Holder>;

/** Undefined for what is none. */
export const readHolder = (bytes: Uint8Array | undefined): Holder | undefined => {
  if (!bytes) return undefined;
  try {
    return Holder.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data;
  } catch {
    return undefined;
  }
};

/** `"site-a" on host-a (process 12) since 2026-11-27T10:00:00.000Z` */
export const nameOf = ({ name, host, pid, since, is_reserved }: Holder): string =>
  is_reserved
    ? `"${name}" on ${host}, for which it was taken over at ${since}`
    : `"${name}" on ${host} (process ${pid}) since ${since}`;

/** Why another server cannot be used beside the holder, and the ways out. */
export const refusalBy = (holder: Holder, instance: string): string =>
  [
    `this NATS account is used by ${nameOf(holder)}`,
    holder.instance === instance && !holder.is_reserved
      ? ', whose data folder is a copy of this one or its original'
      : '',
    ', and two servers on one account would run every flow twice: give each an account of its own in "nats.url", ',
    'stop that one, or take over with "semstreams take-over"',
  ].join('');
