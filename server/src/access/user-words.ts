import type { User } from '@semstreams/contract';

/** A user as the audit has it: "editor of night-*". */
export const userWords = ({ role, flows }: Pick<User, 'role' | 'flows'>): string =>
  `${role} of ${flows?.join(', ') ?? 'all flows'}`;

/** The difference that a change of a user makes, as the audit has it. */
export const changeWords = (
  name: string,
  {
    before,
    after,
    isNewPassword,
  }: { readonly before: User | undefined; readonly after: User; readonly isNewPassword: boolean },
): string => {
  const [was, is] = [before && userWords(before), userWords(after)];
  const words = was === undefined || was === is ? is : `${was} → ${is}`;
  return `${name}: ${words}${isNewPassword ? '; another password' : ''}`;
};
