import type { OpenedPorts, Ports } from './component-type.ts';
import { type FindingList, placeOf } from './finding.ts';
import { portNamePattern } from './words.ts';

/** So many ports a component has at most by its settings. */
export const mostOpened = 100;

/** The ports of a type, and those that settings open beside them. */
export interface PortsOfType {
  readonly ports: Ports;
  readonly opens?: OpenedPorts | undefined;
}

/** What stands where a config names ports, item by item; undefined where that is no text. */
export const openedNames = ({ opens }: PortsOfType, config: unknown): (string | undefined)[] => {
  const list = opens && fieldOf(config, opens.list);
  if (!Array.isArray(list)) return [];
  return list.slice(0, mostOpened).map((item) => {
    const name = fieldOf(item, opens!.name);
    return typeof name === 'string' ? name : undefined;
  });
};

/**
 * The ports that a component has with its config: those that the config opens, in its order, and then those of its type. A name
 * that is wrong or taken opens none, and is a finding of `validateFlow`.
 */
export const portsWith = (type: PortsOfType, config: unknown): Ports => {
  const { ports, opens } = type;
  if (!opens) return ports;
  const names = openedNames(type, config).filter(isPortName);
  return { ...Object.fromEntries(names.map((name) => [name, opens.port])), ...ports };
};

/** Names of ports that are taken already, each at its place in the config. Wrong letters are a finding of the schema. */
export const noteTakenNames = (
  list: FindingList,
  type: PortsOfType,
  given: { readonly config: unknown; readonly component: string; readonly prefix: readonly PropertyKey[] },
): void => {
  const { opens, ports } = type;
  const seen = new Set<string>();
  for (const [index, name] of openedNames(type, given.config).entries()) {
    if (!opens || !isPortName(name)) continue;
    const isOwn = Object.hasOwn(ports, name);
    if (isOwn || seen.has(name))
      list.add('error', () => ({
        code: 'name_is_taken',
        place: placeOf([...given.prefix, opens.list, index, opens.name]),
        component: given.component,
        field: placeOf([opens.list, index, opens.name]),
        sentence: isOwn ? `there is a port "${name}" already` : `the name "${name}" is given twice`,
        hint: 'give it another name',
      }));
    seen.add(name);
  }
};

const isPortName = (name: string | undefined): name is string => name !== undefined && portNamePattern.test(name);

const fieldOf = (value: unknown, field: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, field)
    ? (value as Readonly<Record<string, unknown>>)[field]
    : undefined;
