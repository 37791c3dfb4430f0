import { Button, Modal, PasswordInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { changePassword } from '../api/access.ts';
import { toast } from '../design/toast.tsx';
import { useAction } from '../design/use-action.ts';
import styles from '../design/dialog.module.css';

const shortest = 8;

/** Another password of one's own. */
export const PasswordDialog = ({ user, onClose }: { user: string; onClose: () => void }) => {
  const [present, setPresent] = useState('');
  const [next, setNext] = useState('');
  const { isBusy, failure, act } = useAction();
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!(await act(() => changePassword({ present, next })))) return;
    toast({ sentence: 'The password is changed. Other browsers have to log in again.' });
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Change your password">
      <form className={styles['form']} onSubmit={(event) => void save(event)}>
        <input type="text" name="username" autoComplete="username" value={user} readOnly hidden />
        <PasswordInput
          label="Present password"
          data-autofocus
          autoComplete="current-password"
          value={present}
          onChange={({ currentTarget }) => setPresent(currentTarget.value)}
        />
        <PasswordInput
          label="New password"
          description={`${shortest} characters at least.`}
          autoComplete="new-password"
          value={next}
          onChange={({ currentTarget }) => setNext(currentTarget.value)}
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
          <Button type="submit" loading={isBusy} disabled={present === '' || next.length < shortest}>
            Change
          </Button>
        </div>
      </form>
    </Modal>
  );
};
