import { useEffect } from 'react';
import { type Command, commands } from './commands.ts';

/** Offers commands in the palette as long as the component is shown. Memoize the list: a new one replaces the old. */
export const useCommands = (list: readonly Command[]): void => {
  useEffect(() => commands.offer(list), [list]);
};
