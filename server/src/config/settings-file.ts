import { SettingsError } from './settings-error.ts';

export interface SettingsFile {
  readonly path: string;
  readonly text: string;
}

/** What a settings file says, not looked at yet. Throws a SettingsError that says where it is no JSON. */
export const parseSettingsFile = ({ path, text }: SettingsFile): Record<string, unknown> => {
  const json = text.replace(/^\uFEFF/, '');
  try {
    const parsed: unknown = JSON.parse(json);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return parsed as Record<string, unknown>;
  } catch (cause) {
    throw new SettingsError(`"${path}" is not JSON: ${placed((cause as Error).message, json)}`, { cause });
  }
  throw new SettingsError(`"${path}" holds no settings: it must be a JSON object`);
};

/** What the parser says, with the line where it says a position. */
const placed = (message: string, json: string): string => {
  if (/end of JSON input/.test(message)) return `line ${json.split('\n').length}: it ends too early`;
  const [, said, position] = /^(.*?)(?: in JSON)? at position (\d+)/.exec(message) ?? [];
  if (said === undefined) return message;
  const before = json.slice(0, Number(position)).split('\n');
  return `line ${before.length}, column ${before.at(-1)!.length + 1}: ${said}`;
};
