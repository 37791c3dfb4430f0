import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  type ApiToken,
  FlowScope,
  includesRole,
  isInScope,
  type NewApiToken,
  type NewUser,
  Role,
  type User,
  type UserChange,
} from '@semstreams/contract';
import { z } from 'zod';
import { forgetFirstPassword } from './first-password.ts';
import { accessFolder, KeptFile } from './kept-file.ts';
import { hashPassword, isPassword } from './passwords.ts';
import { Refused } from './refused.ts';

const KeptUser = z.strictObject({
  name: z.string(),
  role: Role,
  flows: FlowScope.optional(),
  password: z.string(),
  created_at: z.string(),
});
type KeptUser = z.infer<typeof KeptUser>;
const KeptToken = z.strictObject({
  id: z.string(),
  name: z.string(),
  user: z.string(),
  role: Role,
  flows: FlowScope.optional(),
  hash: z.string(),
  created_at: z.string(),
  expires_at: z.string(),
  used_at: z.string().optional(),
});
type KeptToken = z.infer<typeof KeptToken>;
const Kept = z.strictObject({ users: z.array(KeptUser), tokens: z.array(KeptToken) });
type Kept = z.infer<typeof Kept>;

const mostUsers = 1000;
const mostTokens = 1000;
/** When a token was last used is kept this exactly, so that not every request writes a file. */
const usedMs = 60 * 60_000;
const dayMs = 24 * 60 * 60_000;
/** What every token begins with, so that one that leaked is found by those who look for such. */
const tokenPrefix = 'sst_';

/** A token that is worth something, and whose it is. */
export interface OpenToken {
  readonly token: ApiToken;
  readonly user: User;
}

/** Users and the tokens of their scripts, in a file of the data folder. Passwords and tokens are kept as hashes. */
export class Accounts {
  private readonly file: KeptFile<Kept>;
  private kept: Kept;
  private readonly listeners = new Set<(user: string) => void>();

  /** Throws an UnreadableAccess where the file is damaged. */
  constructor(
    private readonly dataDir: string,
    private readonly now: () => number = Date.now,
  ) {
    this.file = new KeptFile(join(accessFolder(dataDir), 'users.json'), Kept);
    this.kept = this.file.read() ?? { users: [], tokens: [] };
  }

  get hasUsers(): boolean {
    return this.kept.users.length > 0;
  }

  users(): User[] {
    return this.kept.users.map(withoutPassword).sort((a, b) => a.name.localeCompare(b.name));
  }

  user(name: string): User | undefined {
    const found = this.kept.users.find((user) => user.name === name);
    return found && withoutPassword(found);
  }

  /**
   * What tells the present record of a user from an earlier or a later one of the same name: another one with each password.
   * Undefined where there is no such user.
   */
  recordOf(name: string): string | undefined {
    const kept = this.passwordOf(name);
    return kept === undefined ? undefined : hashOf(kept);
  }

  /** The record whose password it is; undefined where it is none, or was changed meanwhile. Takes as long for a name that is not there. */
  async recordBy(name: string, password: string, network?: string): Promise<string | undefined> {
    const kept = this.passwordOf(name);
    const isRight = await isPassword(password, kept, network);
    return isRight && this.passwordOf(name) === kept ? this.recordOf(name) : undefined;
  }

  private passwordOf(name: string): string | undefined {
    return this.kept.users.find((user) => user.name === name)?.password;
  }

  async add({ password, ...user }: NewUser): Promise<User> {
    const hash = await hashPassword(password);
    if (this.user(user.name)) throw new Refused(409, `there is a user "${user.name}" already`);
    if (this.kept.users.length >= mostUsers)
      throw new Refused(409, `there are ${mostUsers} users, which is all there may be`);
    if (!this.hasUsers && (user.role !== 'administrator' || user.flows))
      throw new Refused(
        422,
        'the first user has to be an administrator of all flows, else nobody could make further ones',
      );
    const made = { ...user, created_at: new Date(this.now()).toISOString() };
    this.write({ ...this.kept, users: [...this.kept.users, { ...made, password: hash }] });
    this.tell(user.name);
    return made;
  }

  /** Where a record is given it has to be the present one still. */
  async change(name: string, { password, role, flows }: UserChange, record?: string): Promise<User> {
    const hash = password === undefined ? undefined : await hashPassword(password);
    const present = this.kept.users.find((user) => user.name === name);
    if (!present) throw new Refused(404, `there is no user "${name}"`);
    if (record !== undefined && record !== this.recordOf(name))
      throw new Refused(409, `the password of "${name}" was changed by somebody else meanwhile: log in with that one`);
    const { flows: before, ...rest } = present;
    const scope = flows === undefined ? before : (flows ?? undefined);
    const changed: KeptUser = {
      ...rest,
      ...(role && { role }),
      ...(scope && { flows: scope }),
      ...(hash !== undefined && { password: hash }),
    };
    const users = this.kept.users.map((user) => (user === present ? changed : user));
    this.keepAnAdministrator(users);
    this.write({ users, tokens: this.kept.tokens });
    if (hash !== undefined) forgetFirstPassword(this.dataDir, name);
    if (hash !== undefined || role || flows !== undefined) this.tell(name);
    return this.user(name)!;
  }

  remove(name: string): void {
    if (!this.user(name)) throw new Refused(404, `there is no user "${name}"`);
    const users = this.kept.users.filter((user) => user.name !== name);
    if (users.length > 0) this.keepAnAdministrator(users);
    this.write({ users, tokens: this.kept.tokens.filter((token) => token.user !== name) });
    forgetFirstPassword(this.dataDir, name);
    this.tell(name);
  }

  /** Those of one user, or all. */
  tokens(user?: string): ApiToken[] {
    return this.kept.tokens
      .filter((token) => user === undefined || token.user === user)
      .map(({ hash: _, ...token }) => token);
  }

  /** A token is never worth more than its user, also when that changes later. */
  addToken(
    user: User,
    { name, role, flows, expires_in_days }: NewApiToken,
  ): { readonly token: ApiToken; readonly text: string } {
    if (!includesRole(user.role, role)) throw new Refused(422, `a token of "${user.name}" may be ${user.role} at most`);
    const isWider = user.flows && !(flows ?? ['*']).every((each) => user.flows!.some((own) => covers(own, each)));
    if (isWider)
      throw new Refused(422, `a token of "${user.name}" may reach ${user.flows!.join(', ')} at most: give it "flows"`);
    if (this.kept.tokens.length >= mostTokens)
      throw new Refused(409, `there are ${mostTokens} tokens, which is all there may be`);
    const text = tokenPrefix + randomBytes(32).toString('base64url');
    const now = this.now();
    const token: ApiToken = {
      id: randomBytes(9).toString('base64url'),
      name,
      user: user.name,
      role,
      ...(flows && { flows }),
      created_at: new Date(now).toISOString(),
      expires_at: new Date(now + expires_in_days * dayMs).toISOString(),
    };
    this.write({ ...this.kept, tokens: [...this.kept.tokens, { ...token, hash: hashOf(text) }] });
    return { token, text };
  }

  removeToken(id: string): void {
    const token = this.kept.tokens.find((each) => each.id === id);
    if (!token) throw new Refused(404, `there is no token "${id}"`);
    this.write({ ...this.kept, tokens: this.kept.tokens.filter((each) => each !== token) });
    this.tell(`token ${id}`);
  }

  /** Whose token it is, while it is worth anything. */
  tokenOf(text: string): OpenToken | undefined {
    const hash = hashOf(text);
    const found = this.whileOpen(this.kept.tokens.find((each) => each.hash === hash));
    if (found) this.noteUse(found.token);
    return found;
  }

  /** The token of an id, while it is worth anything. */
  openToken(id: string): OpenToken | undefined {
    return this.whileOpen(this.kept.tokens.find((each) => each.id === id));
  }

  private whileOpen<Token extends ApiToken>(
    token: Token | undefined,
  ): { readonly token: Token; readonly user: User } | undefined {
    const user = token && this.user(token.user);
    return user && Date.parse(token.expires_at) > this.now() ? { token, user } : undefined;
  }

  /** Calls back with the user who is new or gone or whose password, role or flows changed, and with `token ID` for a token. */
  onChange(listener: (user: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private noteUse(token: KeptToken): void {
    const last = token.used_at === undefined ? -Infinity : Date.parse(token.used_at);
    if (Math.abs(this.now() - last) < usedMs) return;
    const used = { ...token, used_at: new Date(this.now()).toISOString() };
    const kept = { ...this.kept, tokens: this.kept.tokens.map((each) => (each === token ? used : each)) };
    try {
      this.write(kept);
    } catch {
      // a disk that takes nothing keeps nobody out: it is known as long as this process lives
      this.kept = kept;
    }
  }

  private keepAnAdministrator(users: readonly KeptUser[]): void {
    if (users.some(({ role, flows }) => role === 'administrator' && flows === undefined)) return;
    throw new Refused(409, 'this is the last administrator of all flows: make another one first');
  }

  private write(kept: Kept): void {
    this.file.write(kept);
    this.kept = kept;
  }

  private tell(changed: string): void {
    for (const listener of this.listeners) listener(changed);
  }
}

const withoutPassword = ({ password: _, ...user }: KeptUser): User => user;

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** Whether all ids of one pattern are among those of another. */
const covers = (pattern: string, other: string): boolean =>
  other.endsWith('*') ? pattern.endsWith('*') && other.startsWith(pattern.slice(0, -1)) : isInScope([pattern], other);
