import { Button, PasswordInput, TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useState } from 'react';
import { logIn, sessionQuery } from '../api/access.ts';
import { queryClient } from '../api/query-client.ts';
import { useAction } from '../design/use-action.ts';
import dialog from '../design/dialog.module.css';
import styles from './access.module.css';

export const LoginPage = ({ firstPasswordFile }: { firstPasswordFile: string | undefined }) => {
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const { isBusy, failure, act } = useAction();
  useEffect(() => {
    document.title = 'Log in – SemStreams';
  }, []);
  const enter = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const isIn = await act(async () => {
      queryClient.setQueryData(sessionQuery.queryKey, await logIn({ user: user.trim(), password }));
    });
    if (isIn) await queryClient.invalidateQueries();
    else setPassword('');
  };
  return (
    <main className={styles['page']}>
      <form className={styles['card']} onSubmit={(event) => void enter(event)}>
        <h1>
          <img src="/icon.svg" width={24} height={24} alt="" /> Log in to SemStreams
        </h1>
        {firstPasswordFile === undefined ? null : (
          <p className={styles['hint']}>
            The first user is <b>admin</b>. The password was written to the file <code>{firstPasswordFile}</code> on the
            device.
          </p>
        )}
        <TextInput
          label="User"
          name="username"
          autoComplete="username"
          autoFocus
          required
          withAsterisk={false}
          value={user}
          onChange={({ currentTarget }) => setUser(currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={({ currentTarget }) => setPassword(currentTarget.value)}
        />
        {failure ? (
          <p className={dialog['failure']} role="alert">
            {failure}
          </p>
        ) : null}
        <Button type="submit" loading={isBusy} disabled={user.trim() === '' || password === ''}>
          Log in
        </Button>
      </form>
    </main>
  );
};
