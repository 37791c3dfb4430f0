/** A path into a config: `['rules', 0, 'operator']`. */
export type ConfigPath = readonly (string | number)[];

/** `rules[0].operator` as `['rules', 0, 'operator']`: how findings name fields, the way back. */
export const parseConfigPath = (text: string): ConfigPath =>
  [...text.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, name]) => (index === undefined ? name! : Number(index)));

export const readAt = (value: unknown, path: ConfigPath): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string | number, unknown>)[key] : undefined,
    value,
  );

/** A copy with another value at the path; `undefined` takes the key out. What lies beside the path is shared. */
export const writeAt = (value: unknown, path: ConfigPath, written: unknown): unknown => {
  const [key, ...rest] = path;
  if (key === undefined) return written;
  const inner = writeAt(readAt(value, [key]), rest, written);
  if (typeof key === 'number') {
    const list = Array.isArray(value) ? [...(value as unknown[])] : [];
    if (inner === undefined) list.splice(key, 1);
    else list[key] = inner;
    return list;
  }
  const { [key]: _, ...others } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  if (inner === undefined) return others;
  return key in ((value ?? {}) as object) ? { ...(value as object), [key]: inner } : { ...others, [key]: inner };
};
