import { type MessageTemplate, parseMessageTemplate } from '../../../component-kit/content/message-template.ts';
import { type RecordedTimes, timeReader } from '../../../component-kit/fields/time-reader.ts';
import { pathProblem } from '../../../component-kit/files/path-problem.ts';
import { zoneOf } from '../../../component-kit/times/zone.ts';
import { InvalidMessage } from '../../../engine/fault.ts';
import type { Message } from '../../../engine/message.ts';

/** How much of `2026-11-28T14` a word of a path stands for. */
const timeWords = { '@year': 4, '@month': 7, '@date': 10, '@hour': 13 } as const;

/** Which time of a message the words of a path mean, and whose clock shows it. */
export interface PathTimes {
  /** Field that tells the time; empty for when the message came in. */
  readonly field: string;
  readonly format: string;
  readonly zone: string;
}

/** Why a path with fields in it makes no paths of files, for people; undefined where it does, or has none. */
export const pathTemplateProblem = (path: string): string | undefined => {
  let template: MessageTemplate;
  try {
    template = parse(path);
  } catch (thrown) {
    return (thrown as Error).message;
  }
  if (template.isFixed) return undefined;
  if (/\{[^{}]*\/[^{}]*\}/.test(path))
    return 'a field in a path has no "/" in its name: give it another one with "map"';
  if (path.split('/').includes('..')) return 'a path with fields in it has no ".."';
  if (/^\/+[^/]*\{(?!\{)/.test(path)) return 'write a folder before the first field, such as "/data/{site}.ndjson"';
  if (path.endsWith('/')) return 'write the name of a file behind the last "/"';
  const given = (/[^/]*$/.exec(template.fixed) ?? [''])[0];
  return isTaken(given) ? `names such as "${given}" are kept for files that are put aside` : undefined;
};

/** Whether fields of messages choose the file. */
export const isPathTemplate = (path: string): boolean => !parse(path).isFixed;

/** A path without fields in it, as it is meant: `{{` and `}}` are braces. */
export const plainPath = (path: string): string => parse(path).fixed;

/** The folder below which all files of a path lie, whatever the messages hold; empty for the data folder. */
export const fixedFolder = (path: string): string => {
  const folders = path.split('/').slice(0, -1);
  const first = folders.findIndex((folder) => !parse(folder).isFixed);
  return folders
    .slice(0, first < 0 ? folders.length : first)
    .map(plainPath)
    .join('/');
};

/** A pattern for each name of a path below `fixedFolder`. */
export const namePatterns = (path: string): readonly RegExp[] =>
  path
    .split('/')
    .slice(fixedFolder(path) === '' ? 0 : fixedFolder(path).split('/').length)
    .map(
      (name) =>
        new RegExp(
          `^${name
            .split(/(\{\{|\}\}|\{[^{}]*\})/)
            .map(patternOf)
            .join('')}$`,
          's',
        ),
    );

const patternOf = (part: string): string => {
  if (part === '{{' || part === '}}') return `\\${part[0]!}`;
  return part.startsWith('{') ? '.+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
};

/**
 * The path of the file of a message. Values are written so that each makes a name of its own: what no name may hold stands there as
 * `%` and two digits, as in addresses. Throws an InvalidMessage where a field is missing, or no file can have the name.
 */
export const pathOf = (path: string, times: PathTimes): ((message: Message) => string) => {
  const template = parse(path, times);
  return (message) => {
    const written = template.write(message);
    const problem = pathProblem(written) ?? nameProblem(written);
    if (problem !== undefined) throw new InvalidMessage(`no file is written for it: ${problem}`);
    return written;
  };
};

const parse = (path: string, times?: PathTimes): MessageTemplate =>
  parseMessageTemplate(path, { words: wordsOf(times), asText: nameOf });

const wordsOf = (times: PathTimes = { field: '', format: '', zone: 'UTC' }) => {
  const read = timeOf(times);
  const zone = zoneOf(times.zone);
  const wordOf = (length: number) => (message: Message) => {
    const date = new Date(zone.wallMs(read(message)));
    const isFourDigits = date.getUTCFullYear() >= 0 && date.getUTCFullYear() <= 9999;
    if (!isFourDigits) throw new InvalidMessage('its time has no year of four digits');
    return date.toISOString().slice(0, length);
  };
  return Object.fromEntries(Object.entries(timeWords).map(([word, length]) => [word, wordOf(length)]));
};

const timeOf = ({ field, format, zone }: PathTimes): ((message: Message) => number) => {
  if (field === '') return ({ time }) => time;
  const times: RecordedTimes = { field, format, zone, unit: 'by_size' };
  const read = timeReader(times);
  return ({ payload }) => {
    const time = read(payload);
    if (time === undefined || Number.isNaN(new Date(time).getTime()))
      throw new InvalidMessage(`its "${field}" tells no time, which the path needs`);
    return time;
  };
};

/** What Linux, Windows or a memory stick does not take in a name, what nobody sees, and the sign that stands for them. */
const unsafe = /[%/\\<>:"|?*\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
/** Dots and spaces at an end: hidden files, ways upwards, and what Windows leaves out. */
const unsafeEnds = /^[. ]|[. ]$/g;
/** Names of devices on Windows. */
const reserved = /^(?=(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$))./i;

const nameOf = (value: string): string =>
  value.replace(unsafe, inCode).replace(unsafeEnds, inCode).replace(reserved, inCode);

const inCode = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('');

/** Room that the name of a file needs for what is put aside: `.20261124T153000Z-12345` and `.gz.part`. */
const roomForArchive = 40;
const longestName = 255 - roomForArchive;

const nameProblem = (path: string): string | undefined => {
  if (/\p{Cs}/u.test(path)) return 'its name would be no Unicode';
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (Buffer.byteLength(name) > longestName)
    return `the name "${name.slice(0, 20)}…" has more than the ${longestName} bytes that leave room for old files: choose a shorter field`;
  return isTaken(name) ? `the name "${name}" is kept for files that are put aside` : undefined;
};

/**
 * Whether a file has this name for a time only, or is one that was put aside; or whether what is put aside of it would be taken for
 * that of another one: `log.<time>.gz` is of `log`.
 */
const isTaken = (name: string): boolean => /\.\d{8}T\d{6}Z/.test(name) || /\.(?:part|gz)$/.test(name);
