import { createContext, useContext } from 'react';
import type { Line } from './line.ts';

export const LineContext = createContext<Line | undefined>(undefined);

export const useLine = (): Line => {
  const line = useContext(LineContext);
  if (!line) throw new Error('there is no <LineContext> around this');
  return line;
};
