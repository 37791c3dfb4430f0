import { Button } from '@mantine/core';
import type { ApiToken, Session, User } from '@semstreams/contract';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { auditQuery, removeToken, removeUser, sessionQuery, tokensQuery, usersQuery } from '../api/access.ts';
import { queryClient } from '../api/query-client.ts';
import { formatMoment } from '../design/format.ts';
import { toast, toastFailure } from '../design/toast.tsx';
import { Section } from '../settings/section.tsx';
import { roleSentence } from './roles.ts';
import { TokenDialog } from './token-dialog.tsx';
import { UserDialog } from './user-dialog.tsx';
import styles from './access.module.css';

/** Who may: users, tokens of scripts, and who did what. */
export const AccessSections = () => {
  const { data: session } = useQuery(sessionQuery);
  if (!session) return null;
  if (session.login === 'open') return <OpenSection />;
  const isKeeper = session.role === 'administrator' && session.flows === undefined;
  return (
    <>
      {isKeeper ? <UsersSection own={session.user} /> : null}
      <TokensSection session={session} />
      {isKeeper ? <AuditSection /> : null}
    </>
  );
};

const refresh = async (): Promise<void> => {
  await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
  await Promise.all(
    [usersQuery, tokensQuery, auditQuery].map(({ queryKey }) => queryClient.invalidateQueries({ queryKey })),
  );
};

const OpenSection = () => {
  const [isMaking, setMaking] = useState(false);
  return (
    <Section title="Login" sentence="Who may use this server.">
      <p>
        Nobody has to log in: the server can be reached from this machine alone. From other machines it can be used only
        with a login.
      </p>
      <Button variant="default" onClick={() => setMaking(true)}>
        Set up a login
      </Button>
      {isMaking ? (
        <UserDialog
          isFirst
          onClose={() => setMaking(false)}
          onDone={() => void refresh().then(() => setMaking(false))}
        />
      ) : null}
    </Section>
  );
};

const removed = async (what: string, remove: () => Promise<void>): Promise<void> => {
  try {
    await remove();
    toast({ sentence: `${what} is removed.` });
    await refresh();
  } catch (thrown) {
    toastFailure(`${what} was not removed`, thrown);
  }
};

const UsersSection = ({ own }: { own: string | undefined }) => {
  const { data: users = [] } = useQuery(usersQuery);
  const [shown, setShown] = useState<User | 'new'>();
  return (
    <Section title="Users" sentence="Who may log in, and what they may do.">
      <div className={styles['table']}>
        <table aria-label="Users">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">May</th>
              <th scope="col">Flows</th>
              <th scope="col">
                <span hidden>Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {users.map((user) => (
              <tr key={user.name}>
                <td>{user.name}</td>
                <td>{roleSentence(user.role)}</td>
                <td>{user.flows?.join(', ') ?? 'all'}</td>
                <td>
                  <Button variant="subtle" aria-label={`Change ${user.name}`} onClick={() => setShown(user)}>
                    Change
                  </Button>
                  {user.name === own ? null : (
                    <Button
                      variant="subtle"
                      aria-label={`Remove ${user.name}`}
                      onClick={() => void removed(`“${user.name}”`, () => removeUser(user.name))}
                    >
                      Remove
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Button variant="default" onClick={() => setShown('new')}>
        New user
      </Button>
      {shown === undefined ? null : (
        <UserDialog
          isFirst={false}
          user={shown === 'new' ? undefined : shown}
          onClose={() => setShown(undefined)}
          onDone={() => {
            setShown(undefined);
            void refresh();
          }}
        />
      )}
    </Section>
  );
};

const TokensSection = ({ session }: { session: Session }) => {
  const { data: tokens = [] } = useQuery(tokensQuery);
  const [isMaking, setMaking] = useState(false);
  return (
    <Section title="Tokens" sentence="Keys for scripts. Each is worth no more than its user, and ends by itself.">
      {tokens.length === 0 ? <p>There is none.</p> : <TokenTable tokens={tokens} />}
      <Button variant="default" onClick={() => setMaking(true)}>
        New token
      </Button>
      {isMaking ? (
        <TokenDialog role={session.role ?? 'viewer'} onClose={() => setMaking(false)} onDone={() => void refresh()} />
      ) : null}
    </Section>
  );
};

const TokenTable = ({ tokens }: { tokens: readonly ApiToken[] }) => (
  <div className={styles['table']}>
    <table aria-label="Tokens">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Of</th>
          <th scope="col">May</th>
          <th scope="col">Last used</th>
          <th scope="col">Ends</th>
          <th scope="col">
            <span hidden>Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {tokens.map(({ id, name, user, role, used_at, expires_at }) => (
          <tr key={id}>
            <td>{name}</td>
            <td>{user}</td>
            <td>{roleSentence(role)}</td>
            <td>{used_at === undefined ? 'never' : formatMoment(new Date(used_at), new Date())}</td>
            <td>{formatMoment(new Date(expires_at), new Date())}</td>
            <td>
              <Button
                variant="subtle"
                aria-label={`Remove token ${name}`}
                onClick={() => void removed(`The token “${name}”`, () => removeToken(id))}
              >
                Remove
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

const AuditSection = () => {
  const { data: page } = useQuery(auditQuery);
  return (
    <Section title="Who did what" sentence="The last hundred; all of it by REST. Nobody can change it here.">
      <div className={styles['table']}>
        <table aria-label="Who did what">
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Who</th>
              <th scope="col">What</th>
              <th scope="col">From</th>
            </tr>
          </thead>
          <tbody>
            {(page?.items ?? []).map(({ time, who, what, flow, from, outcome }, index) => (
              <tr key={`${time} ${index}`}>
                <td>{formatMoment(new Date(time), new Date())}</td>
                <td>{who}</td>
                <td>
                  {what}
                  {flow === undefined ? '' : ` ${flow}`}
                  {outcome === 'done' ? '' : ` (${outcome})`}
                </td>
                <td>{from}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
};
