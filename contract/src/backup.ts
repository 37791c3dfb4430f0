import { z } from 'zod';
import { pageOf } from './page.ts';

/** What a restore changes in one bucket. */
export const BucketChanges = z
  .strictObject({
    bucket: z.string(),
    added: z.array(z.string()).meta({ description: 'Keys, such as ids of flows.' }),
    changed: z.array(z.string()),
    removed: z.array(z.string()),
    unchanged: z.int(),
  })
  .meta({ id: 'BucketChanges' });
export type BucketChanges = z.infer<typeof BucketChanges>;

/** What is in a backup, and what restoring it would change. */
export const RestorePreview = z.strictObject({
  made_at: z.iso.datetime(),
  made_by: z.string().meta({ description: 'Version of SemStreams that made it.' }),
  instance: z.string(),
  buckets: z.array(BucketChanges),
  buffers: z
    .array(z.strictObject({ stream: z.string(), messages: z.int() }))
    .meta({ description: 'Streams that are replaced by those of the backup; empty where it holds none.' }),
});
export type RestorePreview = z.infer<typeof RestorePreview>;

/** What a restore did. By `undo_with` it can be taken back. */
export const Restored = RestorePreview.extend({
  undo_with: z.string().meta({
    description: 'Name of the backup of what was there before, among the kept ones. A preview has none.',
  }),
});
export type Restored = z.infer<typeof Restored>;

/** Either of both, as one schema: of a choice of two, generated clients take the first that fits, which both do. */
export const RestoreOutcome = Restored.partial({ undo_with: true }).meta({ id: 'RestoreOutcome' });
export type RestoreOutcome = z.infer<typeof RestoreOutcome>;

/** A backup in the backup folder of the server. */
export const KeptBackup = z
  .strictObject({ name: z.string(), bytes: z.int(), made_at: z.iso.datetime() })
  .meta({ id: 'KeptBackup' });
export type KeptBackup = z.infer<typeof KeptBackup>;

export const KeptBackups = pageOf(KeptBackup, 'KeptBackups');
export type KeptBackups = z.infer<typeof KeptBackups>;

/** Header with the passphrase of a sealed backup, percent-encoded. */
export const passphraseHeader = 'backup-passphrase';
