import { ActionIcon, Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { KeyRound, LogOut, User } from 'lucide-react';
import { useState } from 'react';
import { logOut, sessionQuery } from '../api/access.ts';
import { toastFailure } from '../design/toast.tsx';
import { PasswordDialog } from './password-dialog.tsx';

const leave = async (): Promise<void> => {
  try {
    await logOut();
    // what was shown is nobody else's business
    location.assign('/');
  } catch (thrown) {
    toastFailure('Logging out failed', thrown);
  }
};

/** Who is logged in; nothing while nobody has to. */
export const AccountMenu = () => {
  const { data: session } = useQuery(sessionQuery);
  const [isChanging, setChanging] = useState(false);
  if (session?.user === undefined) return null;
  const title = `${session.user}, ${session.role}`;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon size="lg" aria-label={`Logged in as ${title}`} title={title}>
            <User size={17} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown aria-label="Account">
          <Menu.Label>{title}</Menu.Label>
          <Menu.Item leftSection={<KeyRound size={15} aria-hidden />} onClick={() => setChanging(true)}>
            Change password
          </Menu.Item>
          <Menu.Item leftSection={<LogOut size={15} aria-hidden />} onClick={() => void leave()}>
            Log out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isChanging ? <PasswordDialog user={session.user} onClose={() => setChanging(false)} /> : null}
    </>
  );
};
