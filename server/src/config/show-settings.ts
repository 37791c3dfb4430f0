import { formatDuration } from '@semstreams/contract';
import type { LoadedSettings } from './load-settings.ts';
import { settingEntries } from './settings.schema.ts';

/** What is in force, a line each, with where it came from. Secrets are never shown. */
export const showSettings = ({ values, origins }: LoadedSettings): string =>
  settingEntries()
    .map(({ path, isSecret, schema }) => {
      const value = path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], values);
      const format = schema.meta()?.['format'];
      const shown =
        isSecret && value !== '' ? '(secret)' : format === 'duration' ? formatDuration(value as number) : value;
      return `${path.join('.').padEnd(24)} ${JSON.stringify(shown ?? null).padEnd(28)} ${origins.get(path.join('.'))}`;
    })
    .join('\n');
