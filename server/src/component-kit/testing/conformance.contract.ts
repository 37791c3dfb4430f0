import { expect } from 'vitest';
import type { ComponentDefinition } from '../../engine/component.ts';
import type { BlockLog } from '../../engine/block-log.ts';
import { FatalFault } from '../../engine/fault.ts';
import { MemoryLog } from '../../engine/memory-log.ts';
import { limits } from '../../engine/limits.ts';
import { until } from './rehearsal.ts';
import type { Stage } from './stage.ts';
import { attend, configHere, occupyPort, pester, stageHere, type Surroundings } from './surroundings.contract.ts';

/** Payloads that nobody meant to send. */
const nasty: readonly unknown[] = [
  null,
  true,
  0,
  -0,
  1e308,
  '',
  'text',
  '\u0000\uD800',
  [],
  [[[[]]]],
  {},
  { toString: 1, valueOf: null, constructor: { prototype: null } },
  JSON.parse('{"__proto__": {"polluted": true}, "position": {"__proto__": 1}}'),
  { position: 'none', altitude: { deep: { deeper: [null, { x: undefined }] } } },
  JSON.parse(`${'['.repeat(limits.levels)}${']'.repeat(limits.levels)}`),
  { text: 'x'.repeat(200_000) },
];

/** Bytes that no input can use, and some that one or the other can: a line of JSON, and a heartbeat of MAVLink. */
const useless = [Buffer.alloc(0), Buffer.from('}{\n'), Buffer.alloc(300, 0xfd), Buffer.from([0xff, 0xfe, 0, 0x0a])];
const useful = [Buffer.from('{"a":1}\n'), Buffer.from('fe0900010100000000000603030403b121', 'hex')];

const sumOf = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);
const inTime = ({ patienceMs }: Surroundings): AbortSignal => AbortSignal.timeout(patienceMs / 2);

/** What a component type must do; each rejects for one that does not. */
export const rules = {
  async startsAndStopsTwice(definition: ComponentDefinition, around: Surroundings): Promise<void> {
    for (const _ of [1, 2]) {
      const tested = stageHere(definition, around);
      await tested.open();
      await tested.close(inTime(around));
      expect(tested.failures).toEqual([]);
    }
  },

  /** Where it needs something that others may have, it says so, can be closed, and opens when it is to be had. */
  async closesUnopened(definition: ComponentDefinition, around: Surroundings): Promise<void> {
    const here = configHere(definition, around);
    const { port, free } = await occupyPort();
    const obstacle = {
      ...('port' in here ? { port } : {}),
      ...('path' in here && !('port' in here) ? { path: '../outside' } : {}),
    };
    try {
      const tested = stageHere(definition, around, { config: obstacle });
      const opened = await tested.open().then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (Object.keys(obstacle).length > 0) expect(opened).toBeInstanceOf(FatalFault);
      else expect(opened).toBeUndefined();
      await tested.close(inTime(around));
    } finally {
      await free();
    }
    const again = stageHere(definition, around, 'port' in here ? { config: { port } } : {});
    await again.open();
    await again.close(inTime(around));
    expect(again.failures).toEqual([]);
  },

  /** What comes again after a stop gives what it would have given without. */
  async keepsItsState(definition: ComponentDefinition, around: Surroundings): Promise<void> {
    const halves = [nasty.slice(0, 8), [...nasty.slice(8), ...nasty.slice(0, 8)]];
    const arrivedIn = async (state: BlockLog, parts: readonly (readonly unknown[])[]): Promise<unknown> => {
      const arrived: Record<string, unknown[]> = {};
      for (const part of parts) {
        const tested = stageHere(definition, around, { state });
        await tested.open();
        await tested.feed(part);
        await tested.close(inTime(around));
        expect(tested.failures).toEqual([]);
        for (const [port, payloads] of Object.entries(tested.arrived)) (arrived[port] ??= []).push(...payloads);
      }
      return arrived;
    };
    expect(await arrivedIn(new MemoryLog(), halves)).toEqual(await arrivedIn(new MemoryLog(), [halves.flat()]));
  },

  async stopsWhileBusy(definition: ComponentDefinition, around: Surroundings): Promise<void> {
    const { category } = definition;
    const taken = async (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));
    const tested = stageHere(definition, around, { taken });
    await tested.open();
    const fed =
      category === 'input' ? pester(tested, Buffer.from('{"a":1}'), around) : tested.feed([{ a: 1 }, { a: 2 }]);
    const late = new Promise((_, reject) =>
      setTimeout(() => reject(new Error('it did not stop')), around.patienceMs * 0.8).unref(),
    );
    await Promise.race([tested.close(inTime(around)), late]);
    // an output that nobody takes from gives up what it was handed, and says so
    await fed.catch((thrown: Error) => expect([category, thrown.name]).toEqual(['output', 'AbortError']));
    const { in: came, out, dropped } = tested.totals();
    const handedOn = Object.values(tested.arrived).flat().length;
    if (category === 'input') expect(handedOn).toBe(came);
    if (category === 'processor') expect(handedOn).toBe(2);
    if (category === 'output') expect(out + sumOf(dropped)).toBe(2);
    expect(tested.failures).toEqual([]);
  },

  /** What cannot be used is counted, and it goes on with what can. */
  async takesWhateverComes(definition: ComponentDefinition, around: Surroundings): Promise<void> {
    const tested = stageHere(definition, around);
    await tested.open();
    const isCalling = 'url' in configHere(definition, around);
    if (isCalling) await until('it is connected', () => around.clients.length > 0, around.patienceMs);
    if (definition.category === 'input') await takesAnyBytes(tested, around);
    else await takesAnyPayload(tested, definition);
    await tested.close(inTime(around));
    expect(tested.failures).toEqual([]);
  },
};

/** Sends what no input can use, and then what one or the other can: the first is counted, the second comes through. */
const takesAnyBytes = async (tested: Stage, around: Surroundings): Promise<void> => {
  const handedOn = (): number => Object.values(tested.arrived).flat().length;
  const isFed = around.clients.length > 0 || typeof tested.facts()['listening'] === 'number';
  const before = sumOf(tested.totals().dropped);
  for (const bytes of useless) await pester(tested, bytes, around);
  if (isFed)
    await until(
      'what cannot be used is counted',
      () => sumOf(tested.totals().dropped) >= before + 2,
      around.patienceMs,
    );
  const known = handedOn();
  for (const bytes of useful) await pester(tested, bytes, around);
  await until('it goes on with what can be used', () => handedOn() > (isFed ? known : 0), around.patienceMs);
};

/** Each payload is handed on, or counted, and one more after them is handed on. */
const takesAnyPayload = async (tested: Stage, { category, ports, examples }: ComponentDefinition): Promise<void> => {
  const [port] = Object.keys(ports).filter((name) => ports[name]!.direction === 'input');
  if (category === 'output') await attend(tested);
  await tested.feed(nasty, port);
  const before = tested.totals().dropped['invalid'] ?? 0;
  const usefulPayload = examples.flatMap(({ given }) => given?.[port ?? ''] ?? [])[0] ?? { a: 1 };
  await tested.feed([usefulPayload], port);
  const { in: taken, out, dropped } = tested.totals();
  expect(taken).toBe(nasty.length + 1);
  expect(out + sumOf(dropped)).toBe(taken);
  expect(dropped['invalid'] ?? 0).toBe(before);
  if (category === 'processor') expect(Object.values(tested.arrived).flat()).toHaveLength(out);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
};
