import { durationAboveZero, sizeAboveZero } from '../fields/fields.ts';

/** What a sandbox may take: `title` and the like are the same wherever there is one. */
const [leastBytes, mostBytes] = [4 * 1024 ** 2, 128 * 1024 ** 2];
const longestMs = 1000;

export const timeoutField = durationAboveZero
  .refine((ms) => ms <= longestMs, 'it holds up the flows beside it: write "1s" at most')
  .prefault('100ms')
  .meta({
    title: 'Time for a message',
    description: 'What takes longer is ended, and its message becomes a dead letter.',
    advanced: true,
  });

export const memoryField = sizeAboveZero
  .refine((bytes) => bytes >= leastBytes && bytes <= mostBytes, 'write a size from "4MB" to "128MB"')
  .prefault('32MB')
  .meta({
    title: 'Memory',
    description: 'What takes more is ended, and its message becomes a dead letter.',
    advanced: true,
  });
