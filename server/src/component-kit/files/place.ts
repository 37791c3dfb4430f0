import { z } from 'zod';

/** How far a file was handed on. */
export const Place = z.strictObject({
  /** The settings that it holds for: with others the same bytes make other records. */
  key: z.string(),
  /** Device and inode; empty while there was no file under the name. */
  file: z.string(),
  /** The first bytes of the file as they were, base64. */
  head: z.string(),
  /** The bytes before `offset`, base64; empty where they cannot be read without reading all before. */
  before: z.string(),
  /** Bytes (unpacked) that need not be read again. */
  offset: z.int().min(0),
  /** Records behind `offset` that were handed on all the same. */
  skip: z.int().min(0),
  /** Lines before `offset`. */
  lines: z.int().min(0),
  /** Names of CSV columns. */
  names: z.array(z.string()).readonly().optional(),
  /** Size of the file when it was read to its end. */
  readToEnd: z.int().optional(),
});
export type Place = z.infer<typeof Place>;

/** Bytes before the place by which a file is known again, beside its beginning. */
export const beforeBytes = 64;

/** Whether enough is known of a file to tell a copy of it by what it holds. */
export const tellsCopies = ({ head }: Place): boolean => Buffer.from(head, 'base64').length >= enoughBytes;
const enoughBytes = 64;

export const nothingYet = (key: string): Place => ({
  key,
  file: '',
  head: '',
  before: '',
  offset: 0,
  skip: 0,
  lines: 0,
});
