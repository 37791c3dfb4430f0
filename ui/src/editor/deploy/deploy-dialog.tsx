import { Alert, Button, Group, Modal, TextInput } from '@mantine/core';
import { changesBetween, isError } from '@semstreams/contract';
import { useQuery } from '@tanstack/react-query';
import { Minus, Pencil, Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { deployFlow, lostByDeployQuery } from '../../api/flows.ts';
import { nameOf } from '../draft/edits.ts';
import { useCheckState, useEditor, useFlow } from '../editor-context.ts';
import { wordsOfSettings } from '../form/setting-in-words.ts';
import styles from './deploy.module.css';
import { useDeployed } from './use-deployed.ts';
import { useTelling } from './use-telling.ts';

const icons = { added: Plus, removed: Minus, changed: Pencil } as const;

/** What a deploy would change, in words, before it does. */
export const DeployDialog = ({ close }: { close: () => void }) => {
  const { id, types, autosave, view } = useEditor();
  const flow = useFlow();
  const deployed = useDeployed();
  const check = useCheckState();
  const { isBusy, tell } = useTelling();
  const [note, setNote] = useState('');
  const [isUnsaved, setUnsaved] = useState(false);
  const changes = useMemo(
    () => changesBetween(deployed.flow, flow, types, wordsOfSettings(types)),
    [deployed, flow, types],
  );
  const errors = check.findings.filter(isError).length;
  const { data: lost = [] } = useQuery(lostByDeployQuery(flow));

  const deploy = async (): Promise<void> => {
    const isSaved = await autosave.flush();
    setUnsaved(!isSaved);
    if (isSaved && (await tell(() => deployFlow(id, { note: note.trim(), mayLose: lost.length > 0 }), 'deployed')))
      close();
  };

  const touched = new Set(changes.flatMap(({ components }) => components));
  const starting = flow.components.filter((component) => touched.has(component.id)).map(nameOf);

  return (
    <Modal opened onClose={close} title={`Deploy “${flow.name}”`} size="lg">
      <form
        className={styles['deploy']}
        onSubmit={(event) => {
          event.preventDefault();
          void deploy();
        }}
      >
        {errors > 0 ? (
          <Alert
            color="bad"
            title={errors === 1 ? '1 problem has to be solved first' : `${errors} problems have to be solved first`}
          >
            <Button
              variant="default"
              onClick={() => {
                close();
                view.getState().show({ dock: 'problems' });
              }}
            >
              Show {errors === 1 ? 'it' : 'them'}
            </Button>
          </Alert>
        ) : null}
        {check.kind === 'unchecked' ? (
          <Alert color="bad" title="The draft could not be checked">
            {check.sentence}
          </Alert>
        ) : null}
        {isUnsaved ? (
          <Alert color="bad" title="The draft is not saved">
            What you see here has not reached the server yet, so it cannot be deployed.
          </Alert>
        ) : null}
        {lost.length > 0 ? (
          <Alert color="bad" title="This would be lost">
            {lost.map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
          </Alert>
        ) : null}
        {deployed.kind === 'unknown' ? (
          <p>What runs at present is not known yet.</p>
        ) : changes.length === 0 ? (
          <p>Nothing to deploy: what runs is as it is drawn here. Places and names make no difference to it.</p>
        ) : (
          <ul className={styles['changes']} aria-label="Changes">
            {changes.map(({ kind, sentence }) => {
              const Icon = icons[kind];
              return (
                <li key={sentence} data-kind={kind}>
                  <Icon size={14} aria-hidden />
                  <span className="visually-hidden">{kind}: </span>
                  {sentence}
                </li>
              );
            })}
          </ul>
        )}
        {deployed.kind === 'version' && starting.length > 0 ? (
          <p className={styles['starting']}>
            {starting.length === 1 ? 'Starts anew: ' : 'Start anew: '}
            {starting.map((name) => `“${name}”`).join(', ')}
          </p>
        ) : null}
        <TextInput
          label="Note"
          description="Stands beside the version, for those who look for it later."
          maxLength={500}
          value={note}
          onChange={({ currentTarget }) => setNote(currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={isBusy} disabled={errors > 0} data-autofocus>
            {lost.length > 0 ? 'Deploy all the same' : 'Deploy'}
          </Button>
        </Group>
      </form>
    </Modal>
  );
};
