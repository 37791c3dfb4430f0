import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { root } from './root.mjs';

const folder = join(root, '.tools');

/** Where a program of this name may be: on PATH first, then in the project's own `.tools`. Only those that are there. */
export const placesOf = (name) =>
  [...(process.env.PATH ?? '').split(delimiter), folder]
    .map((place) => join(place, name))
    .filter((path) => existsSync(path));

/** Copies a program into `.tools`, whole or not at all, and returns its new path. */
export const keepTool = (path) => {
  const place = join(folder, basename(path));
  mkdirSync(folder, { recursive: true });
  copyFileSync(path, `${place}.new`);
  chmodSync(`${place}.new`, 0o755);
  renameSync(`${place}.new`, place);
  return place;
};
