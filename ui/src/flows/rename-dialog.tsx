import { Button, Modal, Textarea, TextInput } from '@mantine/core';
import type { FlowSummary } from '@semstreams/contract';
import { type FormEvent, useState } from 'react';
import { useAction } from '../design/use-action.ts';
import { renameFlow } from './flow-actions.ts';
import styles from '../design/dialog.module.css';

/** Name and description of a flow. Nothing restarts for it, and its id stays. */
export const RenameDialog = ({ flow, onClose }: { flow: FlowSummary; onClose: () => void }) => {
  const [name, setName] = useState(flow.name);
  const [description, setDescription] = useState(flow.description ?? '');
  const { isBusy, failure, act } = useAction();
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (await act(() => renameFlow(flow.id, name.trim(), description.trim()))) onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Rename the flow">
      <form className={styles['form']} onSubmit={(event) => void save(event)}>
        <TextInput
          label="Name"
          data-autofocus
          required
          withAsterisk={false}
          maxLength={120}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <Textarea
          label="Description"
          description="What it is for, for whoever sees the list."
          rows={3}
          maxLength={2000}
          value={description}
          onChange={({ currentTarget }) => setDescription(currentTarget.value)}
        />
        {failure ? (
          <p className={styles['failure']} role="alert">
            {failure}
          </p>
        ) : null}
        <div className={styles['buttons']}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={isBusy} disabled={name.trim() === ''}>
            Rename
          </Button>
        </div>
      </form>
    </Modal>
  );
};
