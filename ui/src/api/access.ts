import {
  type ApiToken,
  type AuditPage,
  type Login,
  type MadeApiToken,
  type NewApiToken,
  type NewUser,
  type PasswordChange,
  paths,
  type Session,
  type User,
  type UserChange,
} from '@semstreams/contract';
import { queryOptions } from '@tanstack/react-query';
import { request } from './request.ts';

/** Who asks, and whether anybody has to log in. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => request<Session>(paths.session, { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});
export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: async ({ signal }) => (await request<{ items: User[] }>(paths.users, { signal })).items,
});
export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: async ({ signal }) => (await request<{ items: ApiToken[] }>(paths.tokens, { signal })).items,
});
export const auditQuery = queryOptions({
  queryKey: ['audit'],
  queryFn: ({ signal }) => request<AuditPage>(`${paths.audit}?limit=100`, { signal }),
});

export const logIn = (login: Login): Promise<Session> => request(paths.session, { method: 'POST', body: login });
export const logOut = (): Promise<void> => request(paths.session, { method: 'DELETE' });
export const changePassword = (change: PasswordChange): Promise<void> =>
  request(paths.ownPassword, { method: 'PUT', body: change });
export const makeUser = (user: NewUser): Promise<User> => request(paths.users, { method: 'POST', body: user });
export const changeUser = (name: string, change: UserChange): Promise<User> =>
  request(paths.user(name), { method: 'PUT', body: change });
export const removeUser = (name: string): Promise<void> => request(paths.user(name), { method: 'DELETE' });
export const makeToken = (token: NewApiToken): Promise<MadeApiToken> =>
  request(paths.tokens, { method: 'POST', body: token });
export const removeToken = (id: string): Promise<void> => request(paths.token(id), { method: 'DELETE' });
