/** Takes out of the folder of packages what no running server reads: half of its size. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];

/** For the compiler plugin of @nestjs/swagger, which is not used; our own workspaces are bundled. */
const packages = ['typescript', '@semstreams', '.bin'];
const unread =
  /\.(map|d\.[cm]?ts|ts|tsx|flow|markdown|md)$|^(tsconfig.*\.json|\.package-lock\.json|\.semstreams-lock)$/;
const isLicence = /^(licen[cs]e|notice|copying)/i;

for (const name of packages) rmSync(join(folder, name), { recursive: true, force: true });
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  const isUnread = entry.isFile() && unread.test(entry.name) && !isLicence.test(entry.name);
  if (isUnread) rmSync(join(entry.parentPath, entry.name));
}
