import type { z } from 'zod';
import {
  connectionsOf,
  deliveryInto,
  endpointOf,
  isPlace,
  kindsFit,
  kindWords,
  portsOf,
  reaches,
  resolvedConnections,
  resolveEndpoint,
  type ResolvedConnection,
  type TypeFacts,
} from './connect.ts';
import { type Finding, placeOf } from './finding.ts';
import { FlowDocument, type Component } from './flow.ts';
import { nearest } from './words.ts';

/** A component type with the schema of its config, as `validateFlow` needs it. */
export interface CheckedType extends TypeFacts {
  readonly config: z.ZodType;
}

/**
 * All that is wrong with a document, in the order of the document. Never throws: any JSON value is a legal question.
 * A document with an `error` cannot be deployed; one with `warning`s can.
 */
export const validateFlow = (document: unknown, types: ReadonlyMap<string, CheckedType>): Finding[] => {
  const parsed = FlowDocument.safeParse(document);
  if (!parsed.success) return schemaFindings(parsed.error, FlowDocument, document, []);
  const { data: flow } = parsed;
  const connections = resolvedConnections(flow, types);
  return [
    ...emptyFindings(flow),
    ...flow.components.flatMap((component, index) => [
      ...duplicateFindings(flow.components, index),
      ...typeFindings(component, index, types),
      ...configFindings(component, index, types),
    ]),
    ...connectionFindings(flow, types),
    ...circleFindings(connections),
    ...unconnectedFindings(flow, types, connections),
  ];
};

/** The findings of a zod error, each with its place (below `prefix`) and, for unknown keys and words, the nearest right one. */
export const schemaFindings = (
  error: z.ZodError,
  schema: z.ZodType,
  value: unknown,
  prefix: readonly PropertyKey[],
): Finding[] => error.issues.flatMap((issue) => issueFindings(issue, schema, value, prefix));

const issueFindings = (
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  value: unknown,
  prefix: readonly PropertyKey[],
): Finding[] => {
  const finding = (path: readonly PropertyKey[], code: string, sentence: string, hint?: string): Finding => ({
    severity: 'error',
    code,
    place: placeOf([...prefix, ...path]),
    sentence,
    ...(hint ? { hint } : {}),
  });
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = knownKeys(schema, issue.path);
      return issue.keys.map((key) => {
        const near = nearest(key, known);
        const hint = near
          ? `did you mean "${near}"?`
          : known.length > 0
            ? `known here: ${known.join(', ')}`
            : undefined;
        return finding([...issue.path, key], 'unknown_key', `"${key}" is not known here`, hint);
      });
    }
    case 'invalid_value': {
      const near = nearest(String(valueAt(value, issue.path) ?? ''), issue.values.map(String));
      const hint = near ? `did you mean "${near}"?` : `one of: ${issue.values.map(String).join(', ')}`;
      return [
        finding(issue.path, 'wrong_value', `${quoted(valueAt(value, issue.path))} is not one of the choices`, hint),
      ];
    }
    case 'invalid_type': {
      const given = valueAt(value, issue.path);
      return given === undefined
        ? [finding(issue.path, 'missing', `${quoted(lastName(issue.path))} is missing`)]
        : [finding(issue.path, 'wrong_type', `${quoted(given)} is not ${typeWords[issue.expected] ?? issue.expected}`)];
    }
    case 'invalid_union': {
      const branches = issue.errors.filter((branch) => branch.length > 0);
      const deepest = branches.sort((a, b) => depth(b) - depth(a))[0];
      if (deepest && depth(deepest) > 0)
        return deepest.flatMap((inner) =>
          issueFindings({ ...inner, path: [...issue.path, ...inner.path] }, schema, value, prefix),
        );
      return [finding(issue.path, 'wrong_value', `${quoted(valueAt(value, issue.path))} does not fit here`)];
    }
    case 'invalid_key':
      return issue.issues.map((inner) => finding(issue.path, 'wrong_key', inner.message));
    case 'too_small':
    case 'too_big': {
      const bound = issue.code === 'too_small' ? issue.minimum : issue.maximum;
      const least = issue.code === 'too_small' ? 'at least' : 'at most';
      const unit = issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : '';
      return [finding(issue.path, 'out_of_range', `must be ${least} ${bound}${unit}`)];
    }
    default:
      return [finding(issue.path, 'wrong_value', issue.message)];
  }
};

const depth = (issues: readonly z.core.$ZodIssue[]): number => Math.max(...issues.map((issue) => issue.path.length));

const typeWords: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
};

const lastName = (path: readonly PropertyKey[]): string => String(path.at(-1) ?? 'the document');

const quoted = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return `"${text.length > 60 ? `${text.slice(0, 57)}…` : text}"`;
};

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );

/** The keys that a schema knows at a path, through arrays, options, defaults and unions. */
const knownKeys = (schema: z.ZodType, path: readonly PropertyKey[]): string[] => {
  let schemas: z.core.$ZodType[] = unwrapped(schema);
  for (const key of path)
    schemas = schemas.flatMap((inner) => {
      const def = inner._zod.def as SchemaParts;
      const next = typeof key === 'number' ? def.element : (def.shape?.[String(key)] ?? def.valueType);
      return next ? unwrapped(next) : [];
    });
  return schemas.flatMap((inner) => Object.keys((inner._zod.def as SchemaParts).shape ?? {}));
};

interface SchemaParts {
  readonly element?: z.core.$ZodType;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly valueType?: z.core.$ZodType;
  readonly innerType?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
}

const unwrapped = (schema: z.core.$ZodType): z.core.$ZodType[] => {
  const def = schema._zod.def as SchemaParts;
  if (def.innerType) return unwrapped(def.innerType);
  if (def.in) return unwrapped(def.in);
  if (def.options) return def.options.flatMap(unwrapped);
  return [schema];
};

const emptyFindings = (flow: FlowDocument): Finding[] =>
  flow.components.length > 0
    ? []
    : [{ severity: 'error', code: 'empty', place: 'components', sentence: 'the flow has no component yet' }];

const duplicateFindings = (components: readonly Component[], index: number): Finding[] => {
  const { id } = components[index]!;
  const first = components.findIndex((component) => component.id === id);
  if (first === index) return [];
  const sentence = `the id "${id}" is used twice`;
  return [{ severity: 'error', code: 'duplicate_id', place: `components[${index}].id`, component: id, sentence }];
};

const typeFindings = ({ id, type }: Component, index: number, types: ReadonlyMap<string, CheckedType>): Finding[] => {
  if (types.has(type)) return [];
  const near = nearest(type, types.keys());
  const hint = near ? `did you mean "${near}"?` : 'see the list of component types';
  const sentence = `there is no component type "${type}"`;
  return [
    { severity: 'error', code: 'unknown_type', place: `components[${index}].type`, component: id, sentence, hint },
  ];
};

const configFindings = (
  { id, type, config = {} }: Component,
  index: number,
  types: ReadonlyMap<string, CheckedType>,
): Finding[] => {
  const schema = types.get(type)?.config;
  const parsed = schema?.safeParse(config);
  if (!schema || !parsed || parsed.success) return [];
  const prefix = ['components', index, 'config'];
  const start = placeOf(prefix).length + 1;
  return schemaFindings(parsed.error, schema, config, prefix).map((finding) => ({
    ...finding,
    component: id,
    ...(finding.place.length > start ? { field: finding.place.slice(start) } : {}),
  }));
};

const connectionFindings = (flow: FlowDocument, types: ReadonlyMap<string, CheckedType>): Finding[] => {
  const seen = new Set<string>();
  return connectionsOf(flow).flatMap(({ from, to, delivery, buffer }, index): Finding[] => {
    const place = flow.connections ? `connections[${index}]` : `components[${index + 1}]`;
    const start = resolveEndpoint(from, 'output', flow.components, types);
    const end = resolveEndpoint(to, 'input', flow.components, types);
    const broken = [
      ...(isPlace(start) ? [] : [{ ...start, place: flow.connections ? `${place}.from` : place }]),
      ...(isPlace(end) ? [] : [{ ...end, place: flow.connections ? `${place}.to` : place }]),
    ];
    if (!isPlace(start) || !isPlace(end))
      return broken.map((part) => ({ severity: 'error', code: 'wrong_port', ...part }));
    const key = `${endpointOf(start)} ${endpointOf(end)}`;
    if (seen.has(key))
      return [{ severity: 'error', code: 'duplicate_connection', place, sentence: 'these two are connected twice' }];
    seen.add(key);
    if (buffer && deliveryInto(portAt(flow, types, end), delivery) === 'live') {
      const sentence = 'a live connection keeps nothing, so it has no buffer';
      const hint = 'write "delivery": "guaranteed", or leave "buffer" out';
      return [{ severity: 'error', code: 'buffer_without_guarantee', place: `${place}.buffer`, sentence, hint }];
    }
    const startPort = portAt(flow, types, start);
    const endPort = portAt(flow, types, end);
    if (startPort && endPort && !kindsFit(startPort, endPort)) {
      const sentence = `"${end.component}" needs ${kindWords[endPort.kind]}, and "${start.component}" sends ${kindWords[startPort.kind]}`;
      return [{ severity: 'error', code: 'wrong_kind', place, component: end.component, sentence }];
    }
    return [];
  });
};

const portAt = (
  flow: FlowDocument,
  types: ReadonlyMap<string, CheckedType>,
  place: { component: string; port: string },
) => types.get(flow.components.find(({ id }) => id === place.component)?.type ?? '')?.ports[place.port];

const circleFindings = (connections: readonly ResolvedConnection[]): Finding[] => {
  const back = connections.find(({ from, to }) => reaches(connections, to.component, from.component));
  if (!back) return [];
  const sentence = `data would go round in a circle through "${back.from.component}" and "${back.to.component}"`;
  return [{ severity: 'error', code: 'circle', place: 'connections', component: back.to.component, sentence }];
};

/** A required input without a source is an error of the whole flow; a required output that leads nowhere is a warning. */
const unconnectedFindings = (
  flow: FlowDocument,
  types: ReadonlyMap<string, CheckedType>,
  connections: readonly ResolvedConnection[],
): Finding[] =>
  flow.components.flatMap((component, index) => {
    const type = types.get(component.type);
    if (!type) return [];
    const isConnected = (port: string, end: 'from' | 'to') =>
      connections.some((connection) => connection[end].component === component.id && connection[end].port === port);
    const open = (direction: 'input' | 'output', end: 'from' | 'to') =>
      portsOf(type.ports, direction).filter((port) => type.ports[port]!.required && !isConnected(port, end));
    const place = `components[${index}]`;
    return [
      ...open('input', 'to').map((port): Finding => ({
        severity: 'warning',
        code: 'nothing_comes_in',
        place,
        component: component.id,
        sentence: `nothing is connected to "${component.id}.${port}", so it does nothing`,
      })),
      ...open('output', 'from').map((port): Finding => ({
        severity: 'warning',
        code: 'leads_nowhere',
        place,
        component: component.id,
        sentence: `"${component.id}.${port}" leads nowhere, so what it sends is lost`,
      })),
    ];
  });
