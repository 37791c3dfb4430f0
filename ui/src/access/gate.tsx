import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import { sessionQuery } from '../api/access.ts';
import { LoginPage } from './login-page.tsx';

/** Shows the pages to those who have logged in, or while nobody has to; the login to everybody else. */
export const Gate = ({ onEntered, children }: { onEntered: () => void; children: ReactNode }) => {
  const { data: session } = useQuery(sessionQuery);
  const mustLogIn = session?.login === 'needed' && session.user === undefined;
  useEffect(() => {
    if (!mustLogIn) onEntered();
  }, [mustLogIn, onEntered]);
  return mustLogIn ? <LoginPage firstPasswordFile={session.first_password_file} /> : children;
};
