import { Button, Modal, Select, TextInput } from '@mantine/core';
import type { MadeApiToken, Role } from '@semstreams/contract';
import { type FormEvent, useState } from 'react';
import { makeToken } from '../api/access.ts';
import { useAction } from '../design/use-action.ts';
import { roleChoicesUpTo } from './roles.ts';
import dialog from '../design/dialog.module.css';
import styles from './access.module.css';

const lifetimes = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'A year' },
  { value: '3650', label: 'Ten years' },
];

/** Makes a token, and shows its text this once. */
export const TokenDialog = ({
  role: most,
  onClose,
  onDone,
}: {
  role: Role;
  onClose: () => void;
  onDone: () => void;
}) => {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [days, setDays] = useState('90');
  const [made, setMade] = useState<MadeApiToken>();
  const { isBusy, failure, act } = useAction();
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    await act(async () => {
      setMade(await makeToken({ name: name.trim(), role, expires_in_days: Number(days) }));
      onDone();
    });
  };
  if (made)
    return (
      <Modal opened onClose={onClose} title={`Token “${made.name}”`}>
        <div className={dialog['form']}>
          <p>Copy it now: it is not shown again. Scripts show it as “Authorization: Bearer …”.</p>
          <code className={styles['token']}>{made.token}</code>
          <div className={dialog['buttons']}>
            <Button onClick={onClose}>I have it</Button>
          </div>
        </div>
      </Modal>
    );
  return (
    <Modal opened onClose={onClose} title="New token">
      <form className={dialog['form']} onSubmit={(event) => void save(event)}>
        <TextInput
          label="Name"
          description="What uses it."
          placeholder="backup script"
          data-autofocus
          maxLength={100}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <Select
          label="May"
          data={roleChoicesUpTo(most)}
          value={role}
          allowDeselect={false}
          onChange={(value) => setRole(value as Role)}
        />
        <Select
          label="Good for"
          data={lifetimes}
          value={days}
          allowDeselect={false}
          onChange={(value) => setDays(value!)}
        />
        {failure ? (
          <p className={dialog['failure']} role="alert">
            {failure}
          </p>
        ) : null}
        <div className={dialog['buttons']}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={isBusy} disabled={name.trim() === ''}>
            Make
          </Button>
        </div>
      </form>
    </Modal>
  );
};
