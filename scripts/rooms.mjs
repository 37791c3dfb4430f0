/** The rooms of eslint.config.js as they stand in the tree: who imports whom, on which floor, and the picture of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { rooms } from '../eslint.config.js';
import { root } from './setup/root.mjs';

const isSource = (file) => /\.tsx?$/.test(file) && !/\.(test|contract)\./.test(file);

/** Files of a room, relative to it, without those of the rooms within it. */
export const filesIn = (room) =>
  readdirSync(join(root, room), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => roomOf(file) === room)
    .map((file) => relative(room, file));

/** The innermost room that a file lies in; undefined where it lies in none. */
export const roomOf = (file) =>
  Object.keys(rooms)
    .filter((room) => file.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0];

/** The rooms that the files of a room import, in the order of eslint.config.js. */
export const usedBy = (room) => {
  const used = new Set(
    filesIn(room)
      .filter(isSource)
      .flatMap((file) => importsOf(join(room, file))),
  );
  return Object.keys(rooms).filter((other) => other !== room && used.has(other));
};

const importsOf = (file) =>
  [
    ...readFileSync(join(root, file), 'utf8').matchAll(/(?:\bfrom|\bimport(?:\.meta\.glob[^(]*)?)\s*\(?\s*'([^']+)'/g),
  ].map(([, name]) =>
    name === '@semstreams/contract' ? 'contract' : name.startsWith('.') && roomOf(join(dirname(file), name)),
  );

/** Uses that stand in the list before what they use: where there are none, no room stands in a circle. */
export const upsideDown = (listed) => {
  const order = Object.keys(listed);
  return order.flatMap((room) =>
    listed[room].uses
      .filter((other) => order.indexOf(other) >= order.indexOf(room))
      .map((other) => `${room} on ${other}`),
  );
};

/** Each room on the lowest floor that stands above all that it uses, from the ground up. */
const floors = () => {
  const heights = {};
  for (const room of Object.keys(rooms))
    heights[room] = 1 + Math.max(-1, ...usedBy(room).map((other) => heights[other]));
  const top = Math.max(...Object.values(heights));
  return Array.from({ length: top + 1 }, (_, floor) => Object.keys(rooms).filter((room) => heights[room] === floor));
};

const short = (room) => room.replace('server/src/', '');

/** A floor a line, the highest first, and below it what each room is for and stands on. */
export const pictureOfRooms = () => {
  const lines = floors().map((names, floor) => `${String(floor).padStart(2)}  ${names.map(short).join(' · ')}`);
  const rows = Object.entries(rooms)
    .reverse()
    .map(([room, { does }]) => {
      const used = usedBy(room).filter((other) => other !== 'contract');
      return `| \`${short(room)}\` | ${does} | ${used.map(short).join(', ')} |`;
    });
  return [
    '```text',
    ...lines.reverse(),
    '```',
    '',
    '| room | what it is for | what it stands on, beside the contract |',
    '| --- | --- | --- |',
    ...rows,
  ].join('\n');
};
