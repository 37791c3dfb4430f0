import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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

/** The same for a program that needs libraries: they lie beside it, and what is called shows it where. */
export const keepToolWithLibraries = (path, libraries) => {
  const name = basename(path);
  const place = join(folder, `${name}.d`);
  mkdirSync(place, { recursive: true });
  for (const file of [path, ...libraries]) copyFileSync(file, join(place, basename(file)));
  chmodSync(join(place, name), 0o755);
  const caller = join(folder, name);
  const lines = [
    '#!/bin/sh',
    'here=$(dirname "$(readlink -f "$0")")',
    `LD_LIBRARY_PATH="$here/${name}.d" exec "$here/${name}.d/${name}" "$@"`,
  ];
  writeFileSync(`${caller}.new`, `${lines.join('\n')}\n`, { mode: 0o755 });
  renameSync(`${caller}.new`, caller);
  return caller;
};

/** Copies whole folders and the libraries that they need into a folder of `.tools`, all of it or nothing. */
export const keepFolders = ({ name, folders, without, libraries }) => {
  const place = join(folder, name);
  const made = `${place}.new`;
  for (const each of [place, made]) rmSync(each, { recursive: true, force: true });
  mkdirSync(join(made, 'libraries'), { recursive: true });
  const filter = (path) => !without.test(path);
  for (const [from, to] of folders) cpSync(from, join(made, to), { recursive: true, verbatimSymlinks: true, filter });
  for (const file of libraries) copyFileSync(file, join(made, 'libraries', basename(file)));
  renameSync(made, place);
};
