import type { Profiler, Runtime } from 'node:inspector';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Function, Label, Line, Location, Profile, Sample, StringTable, ValueType } from 'pprof-format';

type CallFrame = Runtime.CallFrame;

/** What `HeapProfiler.getSamplingProfile` answers; the types of Node lack a part of it. */
export interface HeapSamples {
  readonly head: HeapNode;
  readonly samples: readonly { readonly nodeId: number; readonly size: number }[];
}
interface HeapNode {
  readonly id: number;
  readonly callFrame: CallFrame;
  readonly selfSize: number;
  readonly children: readonly HeapNode[];
}

/** What was sampled in one thread. */
export interface Sampled<Found> {
  readonly thread: string;
  readonly profile: Found;
}

interface Row {
  readonly thread: string;
  /** The frames of the call, the innermost one first. */
  readonly stack: readonly CallFrame[];
  readonly values: readonly number[];
}

interface Kind {
  readonly values: readonly (readonly [type: string, unit: string])[];
  readonly period: { readonly type: string; readonly unit: string; readonly every: number };
  readonly startedAt: Date;
  readonly durationMs: number;
}

/** CPU profiles of threads as one profile in pprof's format, gzipped. Time in which a thread had nothing to do is left out. */
export const cpuProfile = async (
  sampled: readonly Sampled<Profiler.Profile>[],
  given: { readonly startedAt: Date; readonly durationMs: number; readonly intervalUs: number },
): Promise<Buffer> =>
  encode(sampled.flatMap(cpuRows), {
    ...given,
    values: [
      ['samples', 'count'],
      ['cpu', 'nanoseconds'],
    ],
    period: { type: 'cpu', unit: 'nanoseconds', every: given.intervalUs * 1000 },
  });

/** What lives on the heaps of threads, as sampled since the start, as one profile in pprof's format, gzipped. */
export const heapProfile = async (
  sampled: readonly Sampled<HeapSamples>[],
  given: { readonly startedAt: Date; readonly intervalBytes: number },
): Promise<Buffer> =>
  encode(sampled.flatMap(heapRows), {
    startedAt: given.startedAt,
    durationMs: 0,
    values: [
      ['inuse_objects', 'count'],
      ['inuse_space', 'bytes'],
    ],
    period: { type: 'space', unit: 'bytes', every: given.intervalBytes },
  });

const idle = new Set(['(idle)', '(program)', '(root)']);

const cpuRows = ({ thread, profile }: Sampled<Profiler.Profile>): Row[] => {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const spent = new Map<number, { count: number; us: number }>();
  profile.samples?.forEach((id, index) => {
    const sum = spent.get(id) ?? { count: 0, us: 0 };
    sum.count += 1;
    sum.us += profile.timeDeltas?.[index] ?? 0;
    spent.set(id, sum);
  });
  return [...spent].flatMap(([id, { count, us }]): Row[] => {
    if (idle.has(nodes.get(id)!.callFrame.functionName)) return [];
    const stack: CallFrame[] = [];
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) stack.push(nodes.get(at)!.callFrame);
    return [{ thread, stack: withoutRoot(stack), values: [count, us * 1000] }];
  });
};

const heapRows = ({ thread, profile }: Sampled<HeapSamples>): Row[] => {
  const counts = new Map<number, number>();
  for (const { nodeId } of profile.samples) counts.set(nodeId, (counts.get(nodeId) ?? 0) + 1);
  const rows: Row[] = [];
  const walk = (node: HeapNode, outer: readonly CallFrame[]): void => {
    const stack = [node.callFrame, ...outer];
    if (node.selfSize > 0)
      rows.push({ thread, stack: withoutRoot(stack), values: [counts.get(node.id) ?? 1, node.selfSize] });
    for (const child of node.children) walk(child, stack);
  };
  walk(profile.head, []);
  return rows;
};

const withoutRoot = (stack: readonly CallFrame[]): CallFrame[] =>
  stack.filter(({ functionName }, index) => index === 0 || functionName !== '(root)');

/** See https://github.com/google/pprof/blob/main/proto/profile.proto. */
const encode = async (rows: readonly Row[], { values, period, startedAt, durationMs }: Kind): Promise<Buffer> => {
  const strings = new StringTable();
  const locations = new Map<string, Location>();
  const functions: Function[] = [];

  const locationOf = ({ functionName, url, lineNumber, columnNumber }: CallFrame): number => {
    const key = `${functionName}\n${url}\n${lineNumber}\n${columnNumber}`;
    const known = locations.get(key);
    if (known) return Number(known.id);
    const id = locations.size + 1;
    const [name, filename, line] = [functionName || '(anonymous)', url || '(native)', Math.max(0, lineNumber + 1)];
    functions.push(
      new Function({
        id,
        name: strings.dedup(name),
        systemName: strings.dedup(name),
        filename: strings.dedup(filename),
        startLine: line,
      }),
    );
    locations.set(key, new Location({ id, line: [new Line({ functionId: id, line })] }));
    return id;
  };
  const typeOf = (type: string, unit: string) =>
    new ValueType({ type: strings.dedup(type), unit: strings.dedup(unit) });

  const sample = rows.map(
    ({ thread, stack, values: sums }) =>
      new Sample({
        locationId: stack.map(locationOf),
        value: [...sums],
        label: [new Label({ key: strings.dedup('thread'), str: strings.dedup(thread) })],
      }),
  );
  const profile = new Profile({
    sampleType: values.map(([type, unit]) => typeOf(type, unit)),
    sample,
    location: [...locations.values()],
    function: functions,
    stringTable: strings,
    timeNanos: BigInt(startedAt.getTime()) * 1_000_000n,
    durationNanos: BigInt(Math.round(durationMs)) * 1_000_000n,
    periodType: typeOf(period.type, period.unit),
    period: period.every,
  });
  return promisify(gzip)(profile.encode());
};
