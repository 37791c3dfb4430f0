import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { idFrom } from '@semstreams/contract';
import { parseAllDocuments } from 'yaml';
import { AskingFailed } from './asking-failed.ts';

/** A flow as it stands in a file. */
export interface FlowInFile {
  readonly file: string;
  readonly document: unknown;
}

const endings = ['.json', '.yaml', '.yml'];

/**
 * The flows of files, and of the files in folders and the folders below, in the order of their names. A YAML file may hold
 * several documents. A flow without id and name is named after its file. Rejects with an AskingFailed that names the file.
 */
export const flowsIn = async (paths: readonly string[]): Promise<FlowInFile[]> => {
  const files = (await Promise.all(paths.map(async (path) => filesAt(path)))).flat();
  const flows = (await Promise.all(files.map(async (file) => flowsOf(file)))).flat();
  if (flows.length === 0)
    throw new AskingFailed(`there is no flow in ${paths.join(', ')}: they end in ${endings.join(', ')}`);
  return flows;
};

const filesAt = async (path: string): Promise<string[]> => {
  const found = await stat(path).catch((cause: unknown) => {
    throw new AskingFailed(`"${path}" cannot be read: there is no such file or folder`, { cause });
  });
  if (!found.isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && endings.includes(extname(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/(^|\/)\./.test(file.slice(path.length)))
    .sort();
};

const flowsOf = async (file: string): Promise<FlowInFile[]> => {
  const text = await readFile(file, 'utf8');
  const values = extname(file) === '.json' ? [jsonOf(file, text)] : yamlOf(file, text);
  return values.map((document) => ({ file, document: named(file, document) }));
};

const jsonOf = (file: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AskingFailed(`"${file}" is no JSON: ${(cause as Error).message}`, { cause });
  }
};

const yamlOf = (file: string, text: string): unknown[] =>
  [...parseAllDocuments(text, { schema: 'core', stringKeys: true })].flatMap((document) => {
    const [error] = document.errors;
    if (error) throw new AskingFailed(`"${file}" is no YAML: ${error.message.split('\n', 1)[0]}`);
    const value: unknown = document.toJS();
    return value === null || value === undefined ? [] : [value];
  });

/** A file alone is named as it is called; of several documents in one each has to say it. */
const named = (file: string, document: unknown): unknown => {
  if (typeof document !== 'object' || document === null || 'id' in document || 'name' in document) return document;
  const name = basename(file, extname(file));
  return { id: idFrom(name), name, ...document };
};
