import { spawnSync } from 'node:child_process';

/** How long a drive may take to answer, in milliseconds. */
const answerMs = 5000;

/** Whether a path is, or is not, there: one on a drive whose server is gone is neither, and whoever asks never comes back. */
export const answersInTime = (path: string): boolean => {
  const { error } = spawnSync('stat', ['--', path], { timeout: answerMs, killSignal: 'SIGKILL', stdio: 'ignore' });
  return (error as NodeJS.ErrnoException | undefined)?.code !== 'ETIMEDOUT';
};
