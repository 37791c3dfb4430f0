import { Button, Modal, PasswordInput, Select, TextInput } from '@mantine/core';
import type { Role, User } from '@semstreams/contract';
import { type FormEvent, useState } from 'react';
import { changeUser, makeUser } from '../api/access.ts';
import { useAction } from '../design/use-action.ts';
import { roleChoices } from './roles.ts';
import styles from '../design/dialog.module.css';

interface Properties {
  /** The user to change; a new one is made without. */
  readonly user?: User | undefined;
  /** The first one has to be an administrator. */
  readonly isFirst: boolean;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Name, role, flows and password of a user. */
export const UserDialog = ({ user, isFirst, onClose, onDone }: Properties) => {
  const [name, setName] = useState(user?.name ?? (isFirst ? 'admin' : ''));
  const [role, setRole] = useState<Role>(user?.role ?? (isFirst ? 'administrator' : 'operator'));
  const [flows, setFlows] = useState((user?.flows ?? []).join(' '));
  const [password, setPassword] = useState('');
  const { isBusy, failure, act } = useAction();
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const scope = flows.split(/[\s,]+/).filter((each) => each !== '');
    const isDone = await act(() =>
      user
        ? changeUser(user.name, {
            role,
            flows: scope.length > 0 ? scope : null,
            ...(password === '' ? {} : { password }),
          })
        : makeUser({ name: name.trim(), role, password, ...(scope.length > 0 ? { flows: scope } : {}) }),
    );
    if (isDone) onDone();
  };
  return (
    <Modal opened onClose={onClose} title={user ? `Change “${user.name}”` : isFirst ? 'Set up a login' : 'New user'}>
      <form className={styles['form']} onSubmit={(event) => void save(event)}>
        {isFirst ? <p>From now on everybody has to log in. This first user is the administrator.</p> : null}
        <TextInput
          label="Name"
          description="Small letters, digits and . _ @ -"
          autoComplete="off"
          disabled={user !== undefined}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        {isFirst ? null : (
          <>
            <Select
              label="May"
              data={roleChoices}
              value={role}
              allowDeselect={false}
              onChange={(value) => setRole(value as Role)}
            />
            <TextInput
              label="Flows"
              description="Ids, or beginnings such as night-*. All flows where it is empty."
              placeholder="all"
              value={flows}
              onChange={({ currentTarget }) => setFlows(currentTarget.value)}
            />
          </>
        )}
        <PasswordInput
          label={user ? 'New password' : 'Password'}
          description={user ? 'Stays as it is where it is empty.' : 'Eight characters at least.'}
          autoComplete="new-password"
          value={password}
          onChange={({ currentTarget }) => setPassword(currentTarget.value)}
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
          <Button
            type="submit"
            loading={isBusy}
            disabled={name.trim() === '' || (password.length < 8 && !(user && password === ''))}
          >
            {user ? 'Change' : 'Make'}
          </Button>
        </div>
      </form>
    </Modal>
  );
};
