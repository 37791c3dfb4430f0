import { Button, Checkbox, PasswordInput } from '@mantine/core';
import { Download } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { fetchBackup } from '../api/backups.ts';
import { formatBytes } from '../design/format.ts';
import { saveFile } from '../design/save-file.ts';
import { toast } from '../design/toast.tsx';
import { useAction } from '../design/use-action.ts';
import dialog from '../design/dialog.module.css';
import styles from './backup.module.css';

export const DownloadBackup = () => {
  const [withBuffers, setWithBuffers] = useState(false);
  const [passphrase, setPassphrase] = useState('');
  const { isBusy, failure, act } = useAction();

  const download = (event: FormEvent): void => {
    event.preventDefault();
    void act(async () => {
      const { bytes, name } = await fetchBackup({ withBuffers, passphrase });
      saveFile(bytes, name);
      toast({ sentence: `The backup is made: “${name}”, ${formatBytes(bytes.size)}` });
    });
  };

  return (
    <form className={styles['form']} onSubmit={download}>
      <Checkbox
        label="With what waits in buffers"
        description="And with the dead letters. The file becomes as large as they are."
        checked={withBuffers}
        onChange={({ currentTarget }) => setWithBuffers(currentTarget.checked)}
      />
      <PasswordInput
        label="Passphrase (optional)"
        description="Seals the file. Without the passphrase nobody can restore it, not even you."
        autoComplete="new-password"
        value={passphrase}
        onChange={({ currentTarget }) => setPassphrase(currentTarget.value)}
      />
      {failure ? (
        <p className={dialog['failure']} role="alert">
          {failure}
        </p>
      ) : null}
      <div>
        <Button type="submit" variant="default" leftSection={<Download size={15} aria-hidden />} loading={isBusy}>
          Download a backup
        </Button>
      </div>
    </form>
  );
};
