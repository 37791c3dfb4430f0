import { z } from 'zod';
import { nextPage } from './page.ts';

/** What somebody may do, from little to all: each may what the ones before it may. */
export const roles = ['viewer', 'operator', 'editor', 'administrator'] as const;
export const Role = z.enum(roles).meta({
  description:
    'viewer: look. operator: start, stop, dead letters, inject too. editor: change and deploy flows too. administrator: all.',
});
export type Role = z.infer<typeof Role>;

/** Whether a role may what another one may. */
export const includesRole = (role: Role, other: Role): boolean => roles.indexOf(role) >= roles.indexOf(other);

const FlowPattern = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,99}\*?$/, 'write the id of a flow, or the beginning of ids and "*", such as "night-*"');
/** Which flows somebody may touch; all where it is left out. */
export const FlowScope = z
  .array(FlowPattern)
  .min(1)
  .max(200)
  .meta({ description: 'Ids of the flows that are meant, or beginnings such as "night-*". All where it is left out.' });

/** Whether a flow is among those that are meant. */
export const isInScope = (scope: readonly string[] | undefined, flow: string): boolean =>
  scope === undefined ||
  scope.some((pattern) => (pattern.endsWith('*') ? flow.startsWith(pattern.slice(0, -1)) : pattern === flow));

export const UserName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._@-]{0,63}$/,
    'a name has small letters, digits and . _ @ -, and begins with a letter or digit',
  );
export const Password = z
  .string()
  .min(8, 'a password has eight characters at least')
  .max(256, 'a password has 256 characters at most');

/** Who logs in. */
export const Login = z
  .strictObject({ user: z.string().min(1).max(64), password: z.string().min(1).max(256) })
  .meta({ id: 'Login' });
export type Login = z.infer<typeof Login>;

/** Who asks, and what that is good for. */
export const Session = z
  .strictObject({
    login: z.enum(['open', 'needed']).meta({
      description:
        'open: nobody has to log in, since the server listens on this machine alone and has no users. needed: everybody has to.',
    }),
    user: z.string().optional().meta({ description: 'Absent while nobody is logged in.' }),
    role: Role.optional(),
    flows: FlowScope.optional(),
    expires_at: z.iso.datetime().optional(),
    first_password_file: z.string().optional().meta({
      description:
        'Where the password of the first administrator was written to, until it is changed; told while it is needed.',
    }),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;

export const User = z
  .strictObject({ name: UserName, role: Role, flows: FlowScope.optional(), created_at: z.iso.datetime() })
  .meta({ id: 'User' });
export type User = z.infer<typeof User>;

export const NewUser = z
  .strictObject({ name: UserName, role: Role, flows: FlowScope.optional(), password: Password })
  .meta({ id: 'NewUser' });
export type NewUser = z.infer<typeof NewUser>;

/** What is to change of a user; what is left out stays. */
export const UserChange = z
  .strictObject({
    role: Role.optional(),
    flows: FlowScope.nullable().optional().meta({ description: '`null`: all flows.' }),
    password: Password.optional(),
  })
  .meta({ id: 'UserChange' });
export type UserChange = z.infer<typeof UserChange>;

export const PasswordChange = z
  .strictObject({ present: z.string().min(1).max(256), next: Password })
  .meta({ id: 'PasswordChange' });
export type PasswordChange = z.infer<typeof PasswordChange>;

/** A key for scripts. */
export const ApiToken = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    user: z.string().meta({ description: 'Whose it is; it ends with this user.' }),
    role: Role,
    flows: FlowScope.optional(),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
    used_at: z.iso
      .datetime()
      .optional()
      .meta({ description: 'About when it was last shown; absent where it never was.' }),
  })
  .meta({ id: 'ApiToken' });
export type ApiToken = z.infer<typeof ApiToken>;

export const NewApiToken = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(100)
      .regex(/^[ -~\u00a0-\uffff]*$/, 'a name has no control characters'),
    role: Role,
    flows: FlowScope.optional(),
    expires_in_days: z.int().min(1).max(3650).default(90),
  })
  .meta({ id: 'NewApiToken' });
export type NewApiToken = z.infer<typeof NewApiToken>;

/** A new token with its text, which is told this once. */
export const MadeApiToken = ApiToken.extend({
  token: z.string().meta({ description: 'Show it as "Authorization: Bearer …". It is not told again.' }),
}).meta({ id: 'MadeApiToken' });
export type MadeApiToken = z.infer<typeof MadeApiToken>;

/** A browser that is logged in. */
export const OpenSession = z
  .strictObject({
    id: z.string(),
    user: z.string(),
    from: z.string().meta({ description: 'Address that it logged in from.' }),
    started_at: z.iso.datetime(),
    seen_at: z.iso.datetime(),
    is_own: z.boolean(),
  })
  .meta({ id: 'OpenSession' });
export type OpenSession = z.infer<typeof OpenSession>;

/** Who did what, when, from where. */
export const AuditEntry = z
  .strictObject({
    time: z.iso.datetime(),
    who: z.string().meta({
      description:
        'A user, `token "NAME" of USER`, "this machine", "anybody" while no login is needed, or "nobody who has logged in".',
    }),
    from: z.string().meta({ description: 'Address that it came from.' }),
    what: z.string().meta({
      description:
        'The operation of this API, such as "deployFlow"; of an action for many flows, that for each of them.',
    }),
    flow: z.string().optional(),
    outcome: z
      .enum(['done', 'refused', 'failed'])
      .meta({ description: 'failed: something went wrong inside, and some of it may be done.' }),
    detail: z.string().optional(),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof AuditEntry>;

export const AuditPage = z
  .strictObject({ items: z.array(AuditEntry), more: z.boolean(), next: nextPage })
  .meta({ id: 'AuditPage' });
export type AuditPage = z.infer<typeof AuditPage>;
