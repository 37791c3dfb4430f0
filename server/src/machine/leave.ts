import { spawn } from 'node:child_process';

/** Waits until the process has ended, which breaks off its line, and ends it from outside after a second. */
const command = '(sleep 1; kill -KILL "$0") & read -r gone; kill $!';

/** Ends this process for certain. Node waits for files: where one does not answer, it is ended from outside a moment later. */
export const leave = (code: number): never => {
  const isReading = process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq'));
  if (isReading)
    spawn('/bin/sh', ['-c', command, String(process.pid)], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    }).on('error', () => undefined);
  process.exit(code);
};
