import { Button, FileButton, Modal, Radio, Textarea } from '@mantine/core';
import type { FlowSummary } from '@semstreams/contract';
import { CircleCheck, FileUp, OctagonX, TriangleAlert } from 'lucide-react';
import { type DragEvent, type FormEvent, useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import { validateDocument } from '../api/flows.ts';
import { toast } from '../design/toast.tsx';
import { useAction } from '../design/use-action.ts';
import { addFlow, replaceFlow } from './flow-actions.ts';
import { type ImportMessage, readDocument, type Reading } from './import-document.ts';
import dialog from '../design/dialog.module.css';
import styles from './import-dialog.module.css';

/** Typing is answered when it has rested for so long, in milliseconds. */
const restMs = 300;

type Choice = 'copy' | 'replace';

/** Takes a flow from a file or from pasted text. Says what is wrong with it, on which line, before anything is changed. */
export const ImportDialog = ({ flows, onClose }: { flows: readonly FlowSummary[]; onClose: () => void }) => {
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [fileName, setFileName] = useState<string>();
  const [choice, setChoice] = useState<Choice>('copy');
  const reading = useReading(text);
  const { isBusy, failure, act, forget } = useAction();

  const document = reading?.kind === 'draft' ? reading.document : undefined;
  const existing = flows.find(({ id }) => id === document?.id);

  const take = async (file: File | null | undefined): Promise<void> => {
    if (!file) return;
    forget();
    setFileName(file.name);
    setText(await file.text());
  };

  const keep = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!document) return;
    const name = document.name ?? document.id ?? fileName?.replace(/\.json$/i, '') ?? 'Imported flow';
    const { id, ...inside } = document;
    const save = () =>
      id !== undefined && existing && choice === 'replace'
        ? replaceFlow({ ...document, id })
        : addFlow({
            ...inside,
            ...(id === undefined || existing ? {} : { id }),
            name: existing ? `${name} (copy)` : name,
          });
    await act(async () => {
      const flow = await save();
      if (!existing || choice === 'copy') toast({ sentence: `“${flow.name}” is imported` });
      onClose();
      void navigate(`/flows/${flow.id}`);
    });
  };

  return (
    <Modal opened onClose={onClose} title="Import a flow" size={640}>
      <form
        className={dialog['form']}
        onSubmit={(event) => void keep(event)}
        onDragOver={(event: DragEvent) => event.preventDefault()}
        onDrop={(event: DragEvent) => {
          event.preventDefault();
          void take(event.dataTransfer.files[0]);
        }}
      >
        <div className={styles['source']}>
          <FileButton accept="application/json,.json" onChange={(file) => void take(file)}>
            {(properties) => (
              <Button variant="default" leftSection={<FileUp size={15} aria-hidden />} {...properties}>
                Choose a file
              </Button>
            )}
          </FileButton>
          <span>{fileName ?? 'or drop it here, or paste its text below'}</span>
        </div>
        <Textarea
          label="Flow document"
          description="JSON, as it is exported."
          data-autofocus
          rows={10}
          spellCheck={false}
          classNames={{ input: styles['text'] ?? '' }}
          value={text}
          onChange={({ currentTarget }) => {
            forget();
            setText(currentTarget.value);
          }}
        />
        <div aria-live="polite">{reading ? <Findings reading={reading} /> : null}</div>
        {existing ? (
          <Radio.Group
            label={`There is a flow with the id “${existing.id}” already`}
            value={choice}
            onChange={(value) => setChoice(value as Choice)}
          >
            <div className={styles['choices']}>
              <Radio value="copy" label="Keep both: import it as a new copy" />
              <Radio
                value="replace"
                label={`Replace the draft of “${existing.name}”`}
                description="What runs stays as it is until you deploy."
              />
            </div>
          </Radio.Group>
        ) : null}
        {failure ? (
          <p className={dialog['failure']} role="alert">
            {failure}
          </p>
        ) : null}
        <div className={dialog['buttons']}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={isBusy} disabled={!document}>
            {existing && choice === 'replace' ? 'Replace' : 'Import'}
          </Button>
        </div>
      </form>
    </Modal>
  );
};

/** What the text is as a flow, a moment after the last change; nothing for an empty text or while that is found out. */
const useReading = (text: string): Reading | undefined => {
  const [known, setKnown] = useState<{ text: string; reading: Reading }>();
  useEffect(() => {
    if (text.trim() === '') return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      readDocument(text, (document) => validateDocument(document, abort.signal)).then(
        (reading) => setKnown({ text, reading }),
        (thrown: unknown) => {
          if (!abort.signal.aborted) setKnown({ text, reading: uncheckable(thrown) });
        },
      );
    }, restMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text]);
  return known?.text === text ? known.reading : undefined;
};

const uncheckable = (thrown: unknown): Reading => ({
  kind: 'broken',
  messages: [{ severity: 'error', line: 1, place: '', sentence: `could not be checked: ${(thrown as Error).message}` }],
});

const Findings = ({ reading: { kind, messages } }: { reading: Reading }) => {
  const errors = messages.filter(({ severity }) => severity === 'error').length;
  const heading =
    kind === 'broken'
      ? 'This cannot be imported'
      : errors > 0
        ? `It can be imported as a draft; ${errors === 1 ? 'one thing has' : `${errors} things have`} to be put right before it runs`
        : 'It can be imported';
  const [tone, Icon] =
    kind === 'broken'
      ? (['bad', OctagonX] as const)
      : errors > 0
        ? (['warn', TriangleAlert] as const)
        : (['ok', CircleCheck] as const);
  return (
    <div className={`${dialog['outcome']} ${styles['findings']}`} data-tone={tone}>
      <p>
        <Icon size={15} aria-hidden /> {heading}
      </p>
      {messages.length > 0 ? (
        <ul>
          {messages.slice(0, 20).map((message, index) => (
            <FindingLine key={index} message={message} />
          ))}
        </ul>
      ) : null}
    </div>
  );
};

const FindingLine = ({ message: { line, place, sentence } }: { message: ImportMessage }) => (
  <li>
    <span>Line {line}</span>
    {place ? <code>{place}</code> : null}
    <span>{sentence}</span>
  </li>
);
