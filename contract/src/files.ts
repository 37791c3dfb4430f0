import { z } from 'zod';
import { SeenField } from './seen.ts';

/** What lies in a folder that flows may use. */
export const FileEntry = z
  .strictObject({
    name: z.string(),
    path: z.string().meta({ description: 'As settings of components name it.' }),
    kind: z.enum(['folder', 'file', 'link', 'other']),
    bytes: z.int().optional().meta({ description: 'Of files alone.' }),
    changed_at: z.iso.datetime().optional().meta({ description: 'Of files alone.' }),
  })
  .meta({ id: 'FileEntry' });
export type FileEntry = z.infer<typeof FileEntry>;

export const FileList = z
  .strictObject({
    items: z.array(FileEntry),
    total: z.int(),
    next: z.string().optional().meta({ description: 'What to say as `after` to get what follows.' }),
    is_cut: z.boolean().meta({ description: 'Whether the folder holds more than is looked at.' }),
  })
  .meta({ id: 'FileList' });
export type FileList = z.infer<typeof FileList>;

/** What a file is read as: the settings of `file_input` that fit what it holds. */
export const ReadAs = z
  .strictObject({
    format: z.enum(['json_lines', 'json', 'csv', 'text', 'tlog']),
    encoding: z.enum(['utf-8', 'windows-1252', 'utf-16le', 'utf-16be']),
    delimiter: z.string().optional().meta({ description: 'Of tables, like the two below.' }),
    header: z.enum(['first_line', 'none']).optional(),
    decimal_comma: z.boolean().optional(),
  })
  .meta({ id: 'ReadAs' });
export type ReadAs = z.infer<typeof ReadAs>;

/** A record of a file: its payload as JSON, long ones cut, or why it is none. */
export const FileRow = z
  .strictObject({ payload: z.string().optional(), problem: z.string().optional() })
  .meta({ id: 'FileRow' });
export type FileRow = z.infer<typeof FileRow>;

/** What a file holds, as far as its beginning and its end tell. */
export const FilePreview = z
  .strictObject({
    path: z.string(),
    bytes: z.int(),
    changed_at: z.iso.datetime(),
    is_packed: z.boolean().meta({ description: 'Whether gzip has packed it; what is told is what it holds.' }),
    read_as: ReadAs.optional().meta({ description: 'Absent where it holds no records that are known.' }),
    columns: z.array(SeenField).meta({ description: 'The fields of the first rows.' }),
    rows: z.array(FileRow).meta({ description: 'The first fifty at most.' }),
    last_rows: z.array(FileRow).meta({ description: 'The last ten at most, where the first ones are not all.' }),
    is_whole: z.boolean().meta({ description: 'Whether the rows are all that the file holds.' }),
    hex: z.string().optional().meta({ description: 'The first bytes, where it holds no records that are known.' }),
    problem: z.string().optional().meta({ description: 'Why it cannot be read further.' }),
  })
  .meta({ id: 'FilePreview' });
export type FilePreview = z.infer<typeof FilePreview>;
