import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { answersInTime } from '../machine/answers-in-time.ts';
import { doesNotAnswer } from '../machine/patient-look.ts';
import type { ReadFile } from './load-settings.ts';

/** Reads text files, as Node does, but of folders that answer alone: what lies on a drive that is gone throws DoesNotAnswer. */
export const readingSoon = (): ReadFile => {
  const known = new Map<string, boolean>();
  return (path) => {
    const folder = dirname(path);
    const answers = known.get(folder) ?? answersInTime(folder);
    known.set(folder, answers);
    if (!answers) throw doesNotAnswer(folder);
    return readFileSync(path, 'utf8');
  };
};
