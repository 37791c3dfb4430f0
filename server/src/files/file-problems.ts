import { whyNoFile } from '../component-kit/files/data-files.ts';
import { FatalFault } from '../engine/fault.ts';
import { DoesNotAnswer } from '../machine/patient-look.ts';
import { conflict, HttpProblem, notFound, refused } from '../web/problems.ts';

/** What is answered where a file cannot be used. `path` is what whoever asks calls it. */
export const fileProblemOf = (thrown: unknown, path: string): unknown => {
  if (thrown instanceof HttpProblem) return thrown;
  if (thrown instanceof DoesNotAnswer) return new HttpProblem(503, thrown.message);
  if (thrown instanceof FatalFault) return unusable(thrown.message);
  const { code } = thrown as NodeJS.ErrnoException;
  if (code === undefined) return thrown;
  const sentence = whyNoFile(thrown, path);
  if (code === 'ENOENT') return notFound(sentence);
  if (code === 'ENOSPC' || code === 'EDQUOT') return new HttpProblem(507, `${sentence}: make room first`);
  return conflict(sentence);
};

/** A path that is understood and names nothing that may be used so. */
export const unusable = (sentence: string): HttpProblem =>
  refused(sentence, [{ severity: 'error', code: 'no_such_place', place: 'path', sentence }]);
