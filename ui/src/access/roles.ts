import { includesRole, type Role, roles } from '@semstreams/contract';

const sentences: Readonly<Record<Role, string>> = {
  viewer: 'Look',
  operator: 'Look, start, stop, send again',
  editor: 'Change and deploy flows',
  administrator: 'Everything',
};

export const roleChoices = roles.map((value) => ({ value, label: sentences[value] }));
/** Roles that are worth no more than one. */
export const roleChoicesUpTo = (most: Role) => roleChoices.filter(({ value }) => includesRole(most, value));
export const roleSentence = (role: Role): string => sentences[role];
