import { z } from 'zod';
import { duration, size } from '@semstreams/contract';
import { parsePath } from '../../engine/field-path.ts';
import { pathProblem, placeProblem } from '../files/path-problem.ts';

/**
 * Fields that many configs share. Beside `title` and `description`, a form understands in `meta`: `unit`, `examples` (the
 * first one is the placeholder), `choices` (what the values of an enum are called), `advanced: true` (below "More options"), and `widget` for a special editor: `field` names a field that is read, so that those that came by are offered, `new_field` one that is
 * written.
 */
export { duration, size };

/** A size or a duration that has no "never": zero is refused. */
export const sizeAboveZero = size.refine((bytes) => bytes > 0, 'there is always a bound here: write more than "0B"');
export const durationAboveZero = duration.refine((ms) => ms > 0, 'it takes some time: write more than "0s"');

/** A TCP or UDP port to listen on; 0 takes any free one. */
export const listenPort = z.int().min(0).max(65_535);

/** Address of the interface to listen on. */
export const listenHost = z.string().min(1).max(255);

/** How many of those who connect to a component that listens may come from one address. */
export const maxPerAddress = (who: string) =>
  z
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .meta({
      title: 'Most per address',
      description: `How many ${who} may come from one address; further ones are refused and counted. Unless it is set, an eighth of the places is kept for other addresses.`,
      advanced: true,
    });

/** Path into the payload, such as `position.altitude`, `items[0].name`, or `pm2.5` where that is a name. */
export const fieldPath = z
  .string()
  .min(1)
  .max(500)
  .check((context) => {
    // an empty one is said to be too short
    if (context.value === '') return;
    try {
      parsePath(context.value);
    } catch (thrown) {
      context.issues.push({ code: 'custom', message: (thrown as Error).message, input: context.value });
    }
  })
  .meta({
    title: 'Field',
    description: 'Name of a field, or path to it; [0] is the first of a list, [-1] the last.',
    examples: ['position.altitude'],
    widget: 'field',
  });

/** A group of IPv4 or IPv6. */
export const multicastGroup = z
  .union([z.ipv4(), z.ipv6()])
  .refine(
    (address) => /^(?:22[4-9]|23\d)\./.test(address) || /^ff/i.test(address),
    'a multicast group lies between 224.0.0.0 and 239.255.255.255, or begins with "ff"',
  );

/** Where the address of a sender is written beside what it sent. */
export const senderField = z
  .union([z.literal(''), fieldPath])
  .default('')
  .meta({
    title: 'Field for the sender',
    widget: 'new_field',
    description: 'Field of JSON that gets the address and the port of who sent it; empty for none. Text has it anyway.',
    examples: ['from'],
    advanced: true,
  });

/** How bytes are text, where they are no Unicode. */
export const textEncoding = z
  .enum(['utf-8', 'windows-1252'])
  .default('utf-8')
  .meta({
    title: 'Characters',
    description: 'How text is written.',
    choices: { 'utf-8': 'UTF-8', 'windows-1252': 'Windows-1252 (Latin 1)' },
    advanced: true,
  });

/** How a whole text is written, UTF-16 too. */
export const unicodeOrLatin = z
  .enum(['utf-8', 'windows-1252', 'utf-16le', 'utf-16be'])
  .default('utf-8')
  .meta({
    title: 'Characters',
    description: 'How the text is written. UTF-16 with a byte order mark is known without it.',
    choices: {
      'utf-8': 'UTF-8',
      'windows-1252': 'Windows-1252 (Latin 1)',
      'utf-16le': 'UTF-16, little end first',
      'utf-16be': 'UTF-16, big end first',
    },
    advanced: true,
  });

/** What a listening component says of its `host`. */
export const listenHostDescription =
  'Interface to listen on, by its address; 0.0.0.0 is all of them with IPv4, :: all with IPv4 and IPv6.';

/** The address of a peer as people write it: one that came by IPv4 looks as such on a socket for both, too. */
export const addressOf = (address: string | undefined): string => (address ?? '').replace(/^::ffff:(?=\d+\.)/, '');

/** Path of a file; `title` and the like are up to the component. It may be empty. */
export const filePath = z
  .string()
  .max(4096)
  .check(({ value, issues }) => {
    const message = pathProblem(value) ?? placeProblem(value);
    if (message !== undefined) issues.push({ code: 'custom', message, input: value });
  });
