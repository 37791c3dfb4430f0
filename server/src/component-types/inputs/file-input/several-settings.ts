import { posix } from 'node:path';
import { z } from 'zod';
import { duration, filePath } from '../../../component-kit/fields/fields.ts';
import { folderOfPattern, isPattern, patternProblem } from './file-pattern.ts';

/** How several files are read, and what becomes of them. */
export const severalSettings = {
  order: z
    .enum(['name', 'time'])
    .default('name')
    .meta({
      title: 'Order',
      description: 'Which of several files is read first.',
      choices: { name: 'By name', time: 'By the time of their last change' },
      advanced: true,
    }),
  new_files: z.boolean().default(true).meta({
    title: 'Wait for further files',
    description:
      'Of several files: whether those that come later are read too, and what is added to those that were read.',
    advanced: true,
  }),
  settle: duration.prefault('2s').meta({
    title: 'Left alone for',
    description:
      'One of several files is read when its size has not changed for so long, so that none is read that is still being written; "0s" reads it at once. Names such as "x.part" and ".x" are left aside anyway.',
    advanced: true,
  }),
  when_read: z
    .enum(['keep', 'delete', 'move'])
    .default('keep')
    .meta({
      title: 'When it is read',
      description: 'What becomes of a file when everything of it is handed on safely.',
      choices: { keep: 'It stays', delete: 'It is deleted', move: 'It is moved to a folder' },
      advanced: true,
    }),
  move_to: filePath.default('').meta({
    title: 'Folder for what is read',
    description: 'Below the data folder where it does not begin with "/". A name that is there already gets a number.',
    examples: ['done'],
    showIf: { field: 'when_read', is: ['move'] },
    advanced: true,
  }),
};

/** Whether files are looked for, and not one of them read by its name. */
export const looksForFiles = ({ path, when_read }: Pick<SeveralConfig, 'path' | 'when_read'>): boolean =>
  isPattern(path) || when_read !== 'keep';

interface SeveralConfig {
  readonly path: string;
  readonly mode: string;
  readonly when_read: string;
  readonly move_to: string;
}

/** What is wrong with settings of several files, by the setting. */
export function* severalProblems(config: SeveralConfig): Generator<readonly [keyof SeveralConfig, string]> {
  const { path, mode, when_read, move_to } = config;
  const problem = patternProblem(path);
  if (problem !== undefined) yield ['path', problem];
  if (looksForFiles(config) && mode !== 'once')
    yield [
      'mode',
      'several files, and those that are put away, are read "once": what is added to them and what is new is read as it comes',
    ];
  if (when_read === 'move' && move_to === '') yield ['move_to', 'name the folder into which files are moved'];
  if (
    move_to !== '' &&
    withoutEnd(move_to) === withoutEnd(isPattern(path) ? folderOfPattern(path) : posix.dirname(path))
  )
    yield ['move_to', 'files cannot be moved to where they are: name another folder'];
  if (when_read !== 'move' && move_to !== '')
    yield ['move_to', 'files are moved there with "when_read: move" only: set it, or leave this out'];
}

const withoutEnd = (path: string): string => posix.normalize(path === '' ? '.' : path).replace(/(?<=.)\/$/, '');
