import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { includesRole, type Role, type User, type UserChange } from '@semstreams/contract';
import { Accounts, type OpenToken } from './accounts.ts';
import { makeFirstAdministrator } from './first-administrator.ts';
import { keepPrivate } from './keep-private.ts';
import { makeLocalKey } from './local-key.ts';
import { networkOf } from './by-address.ts';
import { LoginDelays } from './login-delays.ts';
import { Ongoing } from './ongoing.ts';
import type { Principal } from './principal.ts';
import { type FoundSession, Sessions } from './sessions.ts';

/** What decides whether a login is needed. */
export interface AccessSettings {
  readonly dataDir: string;
  /** Address that the server listens on. */
  readonly host: string;
  readonly login: 'auto' | 'always';
  /** Of the first administrator; empty where one is to be made. */
  readonly adminPassword: string;
  readonly isTls: boolean;
}

/** Wrong name or password, or too many of them. */
export class LoginRefused extends Error {
  override readonly name = 'LoginRefused';

  constructor(
    sentence: string,
    /** How long to wait, where it was tried too often. */
    readonly waitMs?: number,
  ) {
    super(sentence);
  }
}

/** Who may. Everybody who reaches this machine itself may do everything, as long as the server listens there alone and has no users. */
export class Access {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  /** What of the kept files others could read until this start; `.` is their folder. */
  readonly wasOpen: readonly string[];
  private readonly delays = new LoginDelays();
  private readonly localKey: Buffer;
  private readonly ongoing = new Ongoing((principal) => this.isStill(principal));

  /** Throws an UnreadableAccess where what was kept is damaged. */
  constructor(private readonly settings: AccessSettings) {
    this.wasOpen = keepPrivate(settings.dataDir);
    this.accounts = new Accounts(settings.dataDir);
    this.sessions = new Sessions(settings.dataDir);
    this.localKey = Buffer.from(makeLocalKey(settings.dataDir));
    this.sessions.keepThoseOf((user) => this.accounts.recordOf(user));
    this.accounts.onChange(() => this.ongoing.look());
    this.sessions.onEnd(() => this.ongoing.look());
  }

  /** Whether everybody has to log in. */
  get isNeeded(): boolean {
    return this.settings.login === 'always' || !isLoopback(this.settings.host) || this.accounts.hasUsers;
  }

  /** Makes the first administrator where one is needed; resolves with the file of the password that was made up. */
  async begin(): Promise<string | undefined> {
    if (!this.isNeeded) return undefined;
    const { dataDir, adminPassword } = this.settings;
    return makeFirstAdministrator(this.accounts, { dataDir, password: adminPassword });
  }

  /** Who asks; undefined where nobody is known by what they show. */
  principalOf({ authorization, cookie }: IncomingHttpHeaders): Principal | undefined {
    if (!this.isNeeded) return anybody;
    const bearer = /^Bearer +([\w-]{1,200})$/i.exec(authorization ?? '')?.[1];
    if (bearer !== undefined) return this.isLocalKey(bearer) ? thisMachine : this.byToken(bearer);
    if (authorization !== undefined) return undefined;
    const key = cookieIn(cookie, this.cookieName);
    return key === undefined ? undefined : this.bySession(key);
  }

  /** A session for who shows a right password. Rejects with a LoginRefused. */
  async login(
    user: string,
    password: string,
    from: string,
  ): Promise<{ readonly cookie: string; readonly principal: Principal }> {
    const record = await this.recordBy(user, password, from);
    // whoever was removed or given another password meanwhile gets no session, not even for a moment
    if (record === undefined || record !== this.accounts.recordOf(user))
      throw new LoginRefused('there is no such user, or the password is another one');
    const { key } = this.sessions.start({ user, record }, from);
    return { cookie: this.cookieOf(key), principal: this.bySession(key)! };
  }

  /**
   * The record whose password it is, undefined where it is none: the same look at a password as a login, with the same delays.
   * Rejects with a LoginRefused where it was tried too often.
   */
  async recordBy(user: string, password: string, from: string): Promise<string | undefined> {
    const waitMs = this.delays.waitOf(user, from);
    if (waitMs > 0)
      throw new LoginRefused(`too many wrong passwords from here: try again in ${Math.ceil(waitMs / 1000)} s`, waitMs);
    const takeBack = this.delays.begin(user, from);
    try {
      const record = await this.accounts.recordBy(user, password, networkOf(from));
      if (record !== undefined) this.delays.succeeded(user, from);
      return record;
    } catch (thrown) {
      takeBack();
      throw thrown;
    }
  }

  /** All other browsers of this user are logged out. Tokens stay: scripts know no password. */
  async changePassword(user: string, password: string, shown: { session: string; record: string }): Promise<void> {
    await this.changeUser(user, { password }, shown);
  }

  /**
   * Who is logged in as this user has to log in again, but for one session. Where it has shown the password, that has to be the
   * present one still.
   */
  async changeUser(
    name: string,
    change: UserChange,
    { session, record }: { readonly session?: string | undefined; readonly record?: string } = {},
  ): Promise<User> {
    const user = await this.accounts.change(name, change, record);
    const now = this.accounts.recordOf(name);
    this.sessions.endAllOf(name, session === undefined || now === undefined ? undefined : { session, record: now });
    return user;
  }

  removeUser(name: string): void {
    this.accounts.remove(name);
    this.sessions.endAllOf(name);
  }

  /** What a browser is told when it has logged out. */
  get emptyCookie(): string {
    return `${this.cookieName}=; ${this.cookieWords}; Max-Age=0`;
  }

  /**
   * Calls `end` once what goes on in somebody's name has to end: their time is over, or role, flows or what they showed are not as
   * they were. Returns how to tell that it has ended by itself.
   */
  hold(principal: Principal, end: () => void): () => void {
    return this.ongoing.hold(principal, end);
  }

  /** Whether somebody is still who they were when they asked. */
  isStill(principal: Principal): boolean {
    const { session, token } = principal;
    const now =
      token !== undefined
        ? this.principalOfToken(this.accounts.openToken(token))
        : session !== undefined
          ? this.principalOfSession(this.sessions.byId(session))
          : this.principalWithoutName(principal);
    return now !== undefined && JSON.stringify(now) === JSON.stringify(principal);
  }

  private principalWithoutName(principal: Principal): Principal | undefined {
    return principal === anybody && this.isNeeded ? undefined : principal;
  }

  private isLocalKey(text: string): boolean {
    const given = Buffer.from(text);
    return given.length === this.localKey.length && timingSafeEqual(given, this.localKey);
  }

  private byToken(text: string): Principal | undefined {
    return this.principalOfToken(this.accounts.tokenOf(text));
  }

  private principalOfToken(found: OpenToken | undefined): Principal | undefined {
    if (!found) return undefined;
    const { token, user } = found;
    return {
      who: `token ${JSON.stringify(token.name)} of ${user.name}`,
      role: lesser(token.role, user.role),
      scopes: [token.flows, user.flows].filter((scope) => scope !== undefined),
      user: user.name,
      token: token.id,
      expiresAt: Date.parse(token.expires_at),
    };
  }

  private bySession(key: string): Principal | undefined {
    return this.principalOfSession(this.sessions.find(key));
  }

  private principalOfSession(session: FoundSession | undefined): Principal | undefined {
    const user = session && this.accounts.user(session.user);
    if (!session || !user || this.accounts.recordOf(user.name) !== session.record) return undefined;
    return {
      who: user.name,
      role: user.role,
      scopes: user.flows ? [user.flows] : [],
      user: user.name,
      session: session.id,
      expiresAt: session.expiresAt,
    };
  }

  /** Browsers keep to what `__Host-` promises by TLS alone; without it a name is all there is. */
  private get cookieName(): string {
    return this.settings.isTls ? '__Host-semstreams' : 'semstreams';
  }

  private get cookieWords(): string {
    return `Path=/; HttpOnly; SameSite=Strict${this.settings.isTls ? '; Secure' : ''}`;
  }

  private cookieOf(key: string): string {
    return `${this.cookieName}=${key}; ${this.cookieWords}; Max-Age=${7 * 24 * 60 * 60}`;
  }
}

const lesser = (one: Role, other: Role): Role => (includesRole(one, other) ? other : one);

const anybody: Principal = { who: 'anybody', role: 'administrator', scopes: [] };
const thisMachine: Principal = { who: 'this machine', role: 'administrator', scopes: [] };

export const isLoopback = (host: string): boolean => /^(127(\.\d{1,3}){3}|::1|localhost)$/.test(host);

const cookieIn = (cookies: string | undefined, name: string): string | undefined =>
  cookies
    ?.split(';')
    .map((each) => each.trim())
    .find((each) => each.startsWith(`${name}=`))
    ?.slice(name.length + 1);
