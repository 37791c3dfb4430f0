import { z } from 'zod';

/** Durations and sizes as people write them: `"500ms"`, `"5s"`, `"24h"`; `"64KB"`, `"256MB"` (1 KB is 1024 bytes). */
const durationUnits = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const sizeUnits = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 } as const;

export const durationPattern = /^\d+(\.\d+)?(ms|s|m|h|d)$/;
export const sizePattern = /^\d+(\.\d+)?(B|KB|MB|GB)$/;

/** Milliseconds of `"1.5s"`; throws a RangeError on anything that `durationPattern` does not match. */
export const parseDuration = (text: string): number =>
  parse(text, durationPattern, durationUnits, '"500ms", "5s", "24h"');

/** Bytes of `"64KB"`; throws a RangeError on anything that `sizePattern` does not match. */
export const parseSize = (text: string): number => Math.round(parse(text, sizePattern, sizeUnits, '"64KB", "256MB"'));

const parse = (text: string, pattern: RegExp, units: Readonly<Record<string, number>>, examples: string): number => {
  const unit = pattern.exec(text)?.[2];
  if (unit === undefined) throw new RangeError(`"${text}" is not like ${examples}`);
  return Number.parseFloat(text) * units[unit]!;
};

/** Milliseconds in the manner of `"24h30m15s"`; below a second `"350ms"`. */
export const formatDuration = (milliseconds: number): string => {
  if (milliseconds < 1000) return `${Math.round(milliseconds)}ms`;
  const seconds = Math.floor(milliseconds / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds % 60}s`;
};

/** Milliseconds of what `formatDuration` writes, such as `"24h30m15s"`. */
export const parseElapsed = (text: string): number =>
  [...text.matchAll(/(\d+)(ms|s|m|h)/g)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * durationUnits[unit as keyof typeof durationUnits],
    0,
  );

/** A duration in settings and configs; milliseconds once parsed. */
export const duration = z
  .string()
  .regex(durationPattern, 'write a duration such as "500ms", "5s" or "24h"')
  .transform(parseDuration)
  .meta({ format: 'duration', examples: ['5s'] });

/** A size in settings and configs; bytes once parsed. */
export const size = z
  .string()
  .regex(sizePattern, 'write a size such as "64KB" or "256MB"')
  .transform(parseSize)
  .meta({ format: 'size', examples: ['64KB'] });
