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
  const files = filesIn(room).filter(isSource);
  const used = new Set(files.flatMap((file) => importsOf(join(room, file))).map(roomOf));
  return Object.keys(rooms).filter((other) => other !== room && used.has(other));
};

/** What a file imports, types too, as paths; a folder that is looked through counts as what it is called. */
const importsOf = (file) =>
  [
    ...readFileSync(join(root, file), 'utf8').matchAll(/(?:\bfrom|\bimport(?:\.meta\.glob[^(]*)?)\s*\(?\s*'([^']+)'/g),
  ].flatMap(([, name]) => {
    if (name === '@semstreams/contract') return ['contract/src/index.ts'];
    return name.startsWith('.') ? [join(dirname(file), name)] : [];
  });

/** The files of all rooms, each with what it imports. */
export const importsByFile = () =>
  new Map(
    Object.keys(rooms).flatMap((room) =>
      filesIn(room)
        .filter(isSource)
        .map((file) => [join(room, file), importsOf(join(room, file))]),
    ),
  );

/** Files that import each other round about, those of each circle together. */
export const circlesIn = (imports) => {
  const reached = new Map([...imports.keys()].map((file) => [file, reachedFrom(file, imports)]));
  const inCircles = [...imports.keys()].filter((file) => reached.get(file).has(file));
  const circles = inCircles.map((file) =>
    inCircles.filter((other) => reached.get(file).has(other) && reached.get(other).has(file)),
  );
  return [...new Map(circles.map((circle) => [circle[0], circle])).values()];
};

const reachedFrom = (start, imports) => {
  const reached = new Set();
  const left = [...imports.get(start)];
  for (let file = left.pop(); file !== undefined; file = left.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    left.push(...(imports.get(file) ?? []));
  }
  return reached;
};

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
