import { includesRole, isInScope, type Role } from '@semstreams/contract';

/** Who asks. */
export interface Principal {
  /** As the audit names it. */
  readonly who: string;
  readonly role: Role;
  /** Flows that are meant; all where it is left out. Each list has to allow a flow. */
  readonly scopes: readonly (readonly string[])[];
  /** Absent for this machine itself, and while nobody needs to log in. */
  readonly user?: string;
  /** The session of the browser. */
  readonly session?: string;
  /** The token of the script. */
  readonly token?: string;
  readonly expiresAt?: number;
}

/** What a call needs: a role, or nothing. */
export type Need = Role | 'nothing';

export const mayTouch = ({ scopes }: Principal, flow: string): boolean =>
  scopes.every((scope) => isInScope(scope, flow));

export const isLimited = ({ scopes }: Principal): boolean => scopes.length > 0;

/** The flows that somebody may reach, for what tells of many; undefined where these are all. */
export const reachOf = (principal: Principal): ((flow: string) => boolean) | undefined =>
  isLimited(principal) ? (flow) => mayTouch(principal, flow) : undefined;

/** What a call is answered that may not be made; undefined where it may. */
export const refusalOf = (
  principal: Principal | undefined,
  need: Need,
  flow?: string,
): { readonly status: 401 | 403; readonly detail: string } | undefined => {
  if (need === 'nothing') return undefined;
  if (!principal) return { status: 401, detail: 'log in first, or show a token as "Authorization: Bearer …"' };
  if (!includesRole(principal.role, need))
    return { status: 403, detail: `this takes the role ${need}, and ${principal.who} is ${principal.role}` };
  if (flow !== undefined && !mayTouch(principal, flow))
    return { status: 403, detail: `${principal.who} may not reach the flow "${flow}"` };
  return undefined;
};

/** What only those may do who may touch all flows. */
export const refusalOfAll = (principal: Principal): { readonly status: 403; readonly detail: string } | undefined =>
  isLimited(principal)
    ? { status: 403, detail: `this is about all flows, and ${principal.who} may reach some of them alone` }
    : undefined;
