import { writer } from '../../../engine/field-path.ts';
import type { Open } from './open-windows.ts';
import type { AggregateOptions } from './settings.ts';

const header = '@header.';

/** The field in which a group is given that is read at a path: a header stands under its name. */
export const groupField = (path: string): string => (path.startsWith(header) ? path.slice(header.length) : path);

/** What is handed on for a window: its group, its times, and its results. */
export const payloadWriter = ({ by, results }: Pick<AggregateOptions, 'by' | 'results'>) => {
  const groups = by.map((path) => writer(groupField(path)));
  const fields = results.map(({ name }) => writer(name));
  return ({ start, end, group }: Open, found: readonly unknown[], isEarly: boolean): unknown => {
    let payload: unknown = {};
    for (const [index, write] of groups.entries()) payload = write(payload, group[index]);
    payload = {
      ...(payload as object),
      window_start: new Date(start).toISOString(),
      window_end: new Date(end).toISOString(),
      ...(isEarly ? { early: true } : {}),
    };
    for (const [index, write] of fields.entries()) payload = write(payload, found[index]);
    return payload;
  };
};
