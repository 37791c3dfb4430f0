/**
 * Writes the tables of the dialects from XML definitions: those of the reference implementation, pymavlink, and of the
 * protocol itself, whose messages and values the first do not have are added. Without arguments it asks for the newest of both,
 * by the client of Python's registry and by git; else `node generate-dialects.mjs 'pymavlink 2.4.50=FOLDER' 'mavlink ...=FOLDER'`.
 * Ids, names, wire order, types, units and enumerations are facts of the protocol; no text of the definitions is copied.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runnerImport } from 'vite';

const here = import.meta.dirname;
const { gatherDefinitions, shortened } = (await runnerImport(join(here, 'gather-definitions.ts'))).module;

/** Dialects that stand apart, since they use ids of others; all others are part of `all`. */
const apart = ['matrixpilot', 'paparazzi'];

/** The newest definitions, each with what it is called and where it lies. */
const download = (folder) => {
  const run = (program, ...args) =>
    execFileSync(program, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  run('python3', '-m', 'pip', 'download', '--quiet', '--no-deps', '--no-binary', ':all:', 'pymavlink');
  const [archive] = readdirSync(folder).filter((name) => name.endsWith('.tar.gz'));
  run('tar', 'xzf', archive);
  run('git', 'clone', '--quiet', '--depth', '1', 'https://github.com/mavlink/mavlink', 'mavlink');
  const release = archive.replace(/\.tar\.gz$/, '');
  const commit = run('git', '-C', 'mavlink', 'log', '-1', '--format=%h of %cs').trim();
  return [
    [release.replace('-', ' '), join(folder, release, 'message_definitions', 'v1.0')],
    [`mavlink ${commit}`, join(folder, 'mavlink', 'message_definitions', 'v1.0')],
  ];
};

const temporary = mkdtempSync(join(tmpdir(), 'mavlink-definitions-'));
const given = process.argv.slice(2).map((argument) => argument.split('='));
const sources = given.length > 0 ? given : download(temporary);
const version = sources.map(([name]) => name).join(' and ');

const gather = async (folder, file) => {
  const gathered = await gatherDefinitions(file, {
    read: async (name) => readFileSync(join(folder, name), 'utf8'),
    isBundled: async () => false,
    enumeration: () => undefined,
  });
  if (gathered.mistakes.length > 0) throw new Error(gathered.mistakes.join('\n'));
  return gathered;
};

/** A dialect is called like its file, in small letters. */
const nameOf = (file) => file.replace(/\.xml$/, '').toLowerCase();

const messages = [];
const enumerations = new Map();
const dialects = {};

/** Adds what is not there yet, and the fields that extend what is there. */
const addMessage = (message, place) => {
  const known = messages.find(
    (other) => other.place === place && (other.id === message.id || other.name === message.name),
  );
  if (!known) return void messages.push({ ...message, place });
  const isLonger = known.fields.every(({ name, type, length }, index) => {
    const field = message.fields[index];
    return field?.name === name && field.type === type && field.length === length;
  });
  if (known.id === message.id && isLonger) {
    const more = message.fields.slice(known.fields.length);
    Object.assign(known, { fields: [...known.fields, ...more], size: message.size });
  } else if (known.id !== message.id || known.crcExtra !== message.crcExtra)
    console.warn(`left out: ${message.name} (${message.id}), as there is ${known.name} (${known.id})`);
};
/** Where both name a value the protocol itself does, which is read last. */
const addEnumeration = (name, { prefix, isMask, wholeNames }) => {
  const known = enumerations.get(name);
  enumerations.set(name, {
    prefix,
    isMask: known?.isMask ?? isMask,
    wholeNames: { ...known?.wholeNames, ...wholeNames },
  });
};

for (const [, folder] of sources) {
  const there = readdirSync(folder);
  const all = await gather(folder, 'all.xml');
  for (const file of [...all.files, ...apart.map((dialect) => `${dialect}.xml`)].filter((file) =>
    there.includes(file),
  )) {
    const { files } = await gather(folder, file);
    dialects[nameOf(file)] = [...new Set([...(dialects[nameOf(file)] ?? []), ...files.map(nameOf)])];
  }
  for (const message of all.messages) addMessage(message, 'all');
  for (const [name, enumeration] of all.enumerations) addEnumeration(name, enumeration);
  for (const dialect of apart.filter((name) => there.includes(`${name}.xml`))) {
    const other = await gather(folder, `${dialect}.xml`);
    for (const message of other.messages.filter(({ file }) => file === dialect)) addMessage(message, dialect);
    // values that they add to enumerations of others would name what others mean
    for (const [name, enumeration] of other.enumerations)
      if (!enumerations.has(name)) addEnumeration(name, enumeration);
  }
}
messages.sort((a, b) => a.id - b.id);
rmSync(temporary, { recursive: true });
for (const [name, { prefix, isMask, wholeNames }] of enumerations)
  enumerations.set(name, { prefix, isMask, names: shortened(wholeNames, prefix) });
const used = new Set(messages.flatMap(({ fields }) => fields.flatMap(({ enumeration }) => enumeration ?? [])));

/** A property of the payload; `v` is the view and `o` where the payload begins. */
const propertiesOf = ({ key, type, length, offset, enumeration, isMask }, taken) => {
  const at = offset === 0 ? 'o' : `o + ${offset}`;
  if (type === 'char') return [`${key}: str(v, ${at}, ${Math.max(1, length)})`];
  if (length > 0) return [`${key}: list(${type}, v, ${at}, ${length}, ${Number(type.slice(1)) / 8})`];
  const value = `${key}: ${type}(v, ${at})`;
  const derived = `${key}_${isMask ? 'names' : 'name'}`;
  if (enumeration === undefined || taken.has(derived)) return [value];
  const names = `e.${enumeration}`;
  if (isMask && type.endsWith('64')) return [value, `${derived}: flags64(${names}, v, ${at})`];
  return [value, `${derived}: ${isMask ? 'flags' : 'named'}(${names}, ${type}(v, ${at}))`];
};

const decoderOf = ({ id, name, file, crcExtra, size, fields }) => {
  const taken = new Set(fields.map(({ key }) => key));
  const properties = fields.flatMap((field) => propertiesOf(field, taken));
  const head = `message: '${name}', message_id: ${id}, system_id: f.system, component_id: f.component, sequence: f.sequence, time`;
  return `  { id: ${id}, name: '${name}', dialect: '${nameOf(file)}', crcExtra: ${crcExtra}, size: ${size}, decode: (f, time, v, o) => ({ ${head}, ${properties.join(', ')} }) },`;
};

/** `type:u8=MAV_TYPE`, `data:u8*96`, `base_mode:u8&MAV_MODE_FLAG`, `lat:i32[degE7]`. */
const fieldText = ({ name, type, length, enumeration, isMask, units }) =>
  `${name}:${type}` +
  (length > 0 ? `*${length}` : '') +
  (enumeration === undefined ? '' : `${isMask ? '&' : '='}${enumeration}`) +
  (units === undefined ? '' : `[${units}]`);

const messageText = ({ id, name, file, fields }) => {
  const [base, extensions] = [false, true].map((isExtension) =>
    fields.filter((field) => field.isExtension === isExtension).map(fieldText),
  );
  return `${id} ${name} ${nameOf(file)} ${[base.join(), ...(extensions.length > 0 ? [extensions.join()] : [])].join('|')}`;
};

const enumerationText = ([name, { names }]) =>
  `  ${name}: { ${Object.entries(names)
    .map(([value, entry]) => `${Number(value) < 0 ? `'${value}'` : value}: '${entry}'`)
    .join(', ')} },`;
const sorted = [...enumerations].sort(([a], [b]) => (a < b ? -1 : 1));
const quoted = (names) => names.map((name) => `'${name}'`).join(', ');

const head = `// Generated by generate-dialects.mjs from the MAVLink message definitions of ${version}. Do not edit.`;
const files = {
  'dialects.generated.ts': `${head}
import { f32, f64, flags, flags64, i16, i32, i64, i8, list, type MessageType, named, str, u16, u32, u64, u8 } from './decode.ts';
import { enumerations as e } from './enumerations.generated.ts';

/** Every message of the dialects, by id. \`size\` is the whole payload with extensions, in bytes. */
export const messageTypes: readonly MessageType[] = [
${messages.map(decoderOf).join('\n')}
];
`,
  'enumerations.generated.ts': `${head}

/** Names by value of all enumerations that fields have, without what the names of one begin with. */
export const enumerations = {
${sorted
  .filter(([name]) => used.has(name))
  .map(enumerationText)
  .join('\n')}
} as const;
`,
  'definitions.generated.ts': `${head}

/** Every message: id, name, dialect, fields in the order of the wire; those behind "|" are extensions. See \`definition-text.ts\`. */
export const definitions = \`
${messages.map(messageText).join('\n')}
\`;

/** What the whole names of an enumeration begin with, where that is not the name of the enumeration itself. */
export const prefixes: Readonly<Record<string, string>> = {
${sorted
  .filter(([name, { prefix }]) => prefix !== `${name}_`)
  .map(([name, { prefix }]) => `  ${name}: '${prefix}',`)
  .join('\n')}
};

/** Enumerations that name bits. */
export const masks: readonly string[] = [${quoted(sorted.filter(([, { isMask }]) => isMask).map(([name]) => name))}];

/** Enumerations that no field of these messages has: parameters of commands, and what a dialect of one's own may use. */
export const otherEnumerations = {
${sorted
  .filter(([name]) => !used.has(name))
  .map(enumerationText)
  .join('\n')}
} as const;
`,
  'dialect-names.generated.ts': `${head}

/** From where the tables are. */
export const definitionsFrom = '${version}';

/** The dialects, each with those whose messages it holds. */
export const dialectParts = {
${Object.entries(dialects)
  .map(([name, parts]) => `  ${name}: [${quoted(parts)}],`)
  .join('\n')}
} as const;

/** Every message of any dialect. */
export const messageNames: readonly string[] = [
${[...new Set(messages.map(({ name }) => name))].map((name) => `  '${name}',`).join('\n')}
];
`,
};
for (const [name, text] of Object.entries(files)) writeFileSync(join(here, name), text);
console.log(`${messages.length} messages and ${enumerations.size} enumerations of ${version}`);
