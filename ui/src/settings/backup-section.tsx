import { Button, FileButton } from '@mantine/core';
import type { KeptBackup } from '@semstreams/contract';
import { useQuery } from '@tanstack/react-query';
import { FileUp } from 'lucide-react';
import { useState } from 'react';
import { type BackupSource, keptBackupsQuery } from '../api/backups.ts';
import { formatBytes, formatMoment } from '../design/format.ts';
import { LoadFailure } from '../design/load-failure.tsx';
import { DownloadBackup } from './download-backup.tsx';
import { RestoreDialog } from './restore-dialog.tsx';
import { Section } from './section.tsx';
import styles from './backup.module.css';

/** Everything out as a file, and everything in again. */
export const BackupSection = () => {
  const [source, setSource] = useState<BackupSource>();
  return (
    <Section
      title="Backup and restore"
      sentence="All flows with their versions and what should run, in one file. Nothing stops while it is made."
    >
      <DownloadBackup />
      <h3 className={styles['heading']}>Restore</h3>
      <FileButton accept=".tar,.sealed" onChange={(file) => file && setSource({ kind: 'file', file })}>
        {(properties) => (
          <Button variant="default" leftSection={<FileUp size={15} aria-hidden />} {...properties}>
            Restore from a file
          </Button>
        )}
      </FileButton>
      <KeptBackups onRestore={(name) => setSource({ kind: 'kept', name })} />
      {source ? <RestoreDialog source={source} onClose={() => setSource(undefined)} /> : null}
    </Section>
  );
};

const KeptBackups = ({ onRestore }: { onRestore: (name: string) => void }) => {
  const { data: kept, error, refetch } = useQuery(keptBackupsQuery);
  if (error && !kept) return <LoadFailure error={error} onRetry={() => void refetch()} />;
  if (!kept) return null;
  if (kept.length === 0)
    return (
      <p>The device keeps no backup yet. Before every restore it makes one by itself, so that it can be taken back.</p>
    );
  return (
    <ul className={styles['kept']} aria-label="Backups on this device">
      {kept.map((backup) => (
        <KeptRow key={backup.name} backup={backup} onRestore={() => onRestore(backup.name)} />
      ))}
    </ul>
  );
};

const KeptRow = ({ backup: { name, bytes, made_at }, onRestore }: { backup: KeptBackup; onRestore: () => void }) => {
  const occasion = occasionOf(name);
  return (
    <li>
      <span>
        {occasion ?? <code>{name}</code>}
        <small>
          {formatMoment(new Date(made_at), new Date())}, {formatBytes(bytes)}
        </small>
      </span>
      <Button variant="default" aria-label={`Restore ${name}`} title={name} onClick={onRestore}>
        Restore
      </Button>
    </li>
  );
};

/** What the server made a backup for; undefined where people made it. */
const occasionOf = (name: string): string | undefined =>
  name.startsWith('before-restore-')
    ? 'Before a restore'
    : name.startsWith('before-migration-')
      ? 'Before an update'
      : undefined;
