/**
 * Takes out of the folder of packages what no running server reads. What they do is in the bundle; of most of them there
 * stays their licence, and package.json, which names it.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];

/** Read at run time from where it lies: the page of /api/docs. */
const whole = join(folder, 'swagger-ui-dist');
/** Our own workspaces are in the bundle. */
const packages = ['typescript', '@semstreams', '.bin'];
const isKept = /^(package\.json|(licen[cs]e|notice|copying).*)$/i;
const unread = /\.(map|d\.[cm]?ts|ts|md)$/;

for (const name of packages) rmSync(join(folder, name), { recursive: true, force: true });
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  const isUnread = entry.parentPath.startsWith(whole) ? unread.test(entry.name) : !isKept.test(entry.name);
  if (!entry.isDirectory() && isUnread) rmSync(join(entry.parentPath, entry.name));
}
