import { Button, Modal, PasswordInput } from '@mantine/core';
import type { Restored, RestorePreview } from '@semstreams/contract';
import { useQueryClient } from '@tanstack/react-query';
import { CircleCheck, TriangleAlert } from 'lucide-react';
import { type FormEvent, useEffect, useEffectEvent, useRef, useState } from 'react';
import { type BackupSource, previewRestore, restoreBackup } from '../api/backups.ts';
import { formatMoment } from '../design/format.ts';
import { restoreSentences, takesAway } from './restore-sentences.ts';
import dialog from '../design/dialog.module.css';
import styles from './backup.module.css';

type Step =
  /** Nothing is known of the backup: it is sealed, or was refused. */
  | { readonly kind: 'closed'; readonly failure?: string }
  | {
      readonly kind: 'working';
      readonly sentence: string;
      readonly sent: number | undefined;
      readonly changes: boolean;
    }
  | { readonly kind: 'preview'; readonly preview: RestorePreview; readonly failure?: string }
  | { readonly kind: 'restored'; readonly result: Restored; readonly isTakenBack: boolean; readonly failure?: string };

/** Says what a backup would change, changes it when told so, and can take it back. */
export const RestoreDialog = ({ source, onClose }: { source: BackupSource; onClose: () => void }) => {
  const queries = useQueryClient();
  const name = source.kind === 'file' ? source.file.name : source.name;
  const isSealed = name.endsWith('.sealed');
  const [passphrase, setPassphrase] = useState('');
  const [step, setStep] = useState<Step>({ kind: 'closed' });
  const abort = useRef(new AbortController());

  const work = (sentence: string, changes: boolean) => {
    const tell = (sent: number | undefined) =>
      setStep({
        kind: 'working',
        sentence: sent === undefined || sent === 1 ? sentence : 'It is being sent …',
        sent,
        changes,
      });
    tell(undefined);
    return (share: number) => tell(share === 1 ? undefined : share);
  };

  const look = async (): Promise<void> => {
    const { signal } = (abort.current = new AbortController());
    const onSent = work('It is being compared with what is here …', false);
    try {
      const preview = await previewRestore(source, { passphrase, onSent, signal });
      setStep({ kind: 'preview', preview });
    } catch (thrown) {
      if (!signal.aborted) setStep({ kind: 'closed', failure: messageOf(thrown) });
    }
  };

  const restore = async (preview: RestorePreview): Promise<void> => {
    const onSent = work('It is being restored …', true);
    try {
      const result = await restoreBackup(source, { passphrase, onSent });
      setStep({ kind: 'restored', result, isTakenBack: false });
    } catch (thrown) {
      setStep({ kind: 'preview', preview, failure: messageOf(thrown) });
    } finally {
      void queries.invalidateQueries();
    }
  };

  const takeBack = async (done: Step & { kind: 'restored' }): Promise<void> => {
    const onSent = work('It is being taken back …', true);
    try {
      const before: BackupSource = { kind: 'kept', name: done.result.undo_with };
      const result = await restoreBackup(before, { passphrase: '', onSent });
      setStep({ kind: 'restored', result, isTakenBack: !done.isTakenBack });
    } catch (thrown) {
      setStep({ ...done, failure: messageOf(thrown) });
    } finally {
      void queries.invalidateQueries();
    }
  };

  const begin = useEffectEvent(() => {
    if (!isSealed) void look();
  });
  useEffect(() => {
    begin();
    return () => abort.current.abort();
  }, []);

  const isHeld = step.kind === 'working' && step.changes;
  return (
    <Modal
      opened
      onClose={onClose}
      title="Restore a backup"
      size={560}
      closeOnEscape={!isHeld}
      closeOnClickOutside={false}
      withCloseButton={!isHeld}
    >
      <div className={dialog['form']}>
        <p className={styles['name']}>{name}</p>
        <div className={dialog['form']} aria-live="polite">
          {step.kind === 'working' ? <Working {...step} /> : null}
          {step.kind === 'preview' ? <Preview preview={step.preview} /> : null}
          {step.kind === 'restored' ? <Result {...step} /> : null}
        </div>
        {'failure' in step && step.failure !== undefined ? (
          <p className={dialog['failure']} role="alert">
            {step.failure}
          </p>
        ) : null}
        {step.kind === 'closed' ? (
          <Unseal
            isSealed={isSealed}
            passphrase={passphrase}
            onChange={setPassphrase}
            onClose={onClose}
            onLook={() => void look()}
          />
        ) : null}
        {step.kind === 'preview' ? (
          <div className={dialog['buttons']}>
            <Button variant="default" autoFocus onClick={onClose}>
              Cancel
            </Button>
            <Button onClick={() => void restore(step.preview)}>Restore</Button>
          </div>
        ) : null}
        {step.kind === 'restored' ? (
          <div className={dialog['buttons']}>
            <Button variant="default" onClick={() => void takeBack(step)}>
              {step.isTakenBack ? 'Restore it again' : 'Take it back'}
            </Button>
            <Button autoFocus onClick={onClose}>
              Done
            </Button>
          </div>
        ) : null}
      </div>
    </Modal>
  );
};

const Working = ({ sentence, sent }: { sentence: string; sent: number | undefined }) => (
  <>
    <p>{sentence}</p>
    <progress className={styles['progress']} aria-label="Progress" {...(sent === undefined ? {} : { value: sent })} />
  </>
);

const Preview = ({ preview }: { preview: RestorePreview }) => {
  const sentences = restoreSentences(preview);
  const { made_at, made_by, instance } = preview;
  return (
    <>
      <p>
        Made {formatMoment(new Date(made_at), new Date())} on “{instance}”, by SemStreams {made_by}.
      </p>
      <div className={dialog['outcome']} data-tone={takesAway(preview) ? 'warn' : 'ok'}>
        <p>
          {takesAway(preview) ? <TriangleAlert size={15} aria-hidden /> : <CircleCheck size={15} aria-hidden />}
          {sentences.length === 0 ? 'All is here as it is in the backup' : 'This would change'}
        </p>
        <SentenceList sentences={sentences} />
      </div>
      <p>What is here now is backed up on the device first, so that you can take it back.</p>
    </>
  );
};

const Result = ({ result, isTakenBack }: { result: Restored; isTakenBack: boolean }) => (
  <div className={dialog['outcome']} data-tone="ok">
    <p>
      <CircleCheck size={15} aria-hidden /> {isTakenBack ? 'It is taken back' : 'The backup is restored'}
    </p>
    <SentenceList sentences={restoreSentences(result)} />
  </div>
);

const SentenceList = ({ sentences }: { sentences: readonly string[] }) =>
  sentences.length === 0 ? null : (
    <ul>
      {sentences.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );

/** Asks for the passphrase of a backup that cannot be read without it. */
const Unseal = (field: {
  isSealed: boolean;
  passphrase: string;
  onChange: (passphrase: string) => void;
  onLook: () => void;
  onClose: () => void;
}) => (
  <form
    className={dialog['form']}
    onSubmit={(event: FormEvent) => {
      event.preventDefault();
      field.onLook();
    }}
  >
    <PasswordInput
      label="Passphrase"
      description={field.isSealed ? 'The one that the backup was sealed with.' : 'Needed where the backup is sealed.'}
      autoComplete="off"
      data-autofocus
      value={field.passphrase}
      onChange={({ currentTarget }) => field.onChange(currentTarget.value)}
    />
    <div className={dialog['buttons']}>
      <Button variant="default" onClick={field.onClose}>
        Cancel
      </Button>
      <Button type="submit" disabled={field.isSealed && field.passphrase === ''}>
        See what would change
      </Button>
    </div>
  </form>
);

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
