import { expect } from 'vitest';
import type { ComponentDefinition } from '../../engine/component.ts';
import type { BlockLog } from '../../engine/block-log.ts';
import { FatalFault } from '../../engine/fault.ts';
import { MemoryLog } from '../../engine/memory-log.ts';
import { limits } from '../../engine/limits.ts';
import { rehearse, until } from './rehearsal.ts';
import type { Stage } from './stage.ts';
import { attend, configOn, occupyPort, pester, stageHere, stands, type Surroundings } from './surroundings.contract.ts';

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

/** Bytes that no input can use, and a message for those that do not say what they can use. */
const useless = [Buffer.alloc(0), Buffer.from('}{\n'), Buffer.alloc(300, 0xfd), Buffer.from([0xff, 0xfe, 0, 0x0a])];
const lineOfJson = Buffer.from('{"a":1}\n');

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

  /** It can be closed where it never was opened, or could not be: then it says why, and opens when what it needs is to be had. */
  async closesUnopened(definition: ComponentDefinition, around: Surroundings): Promise<void> {
    const never = rehearse(definition, configOn(definition, around.ground), { dataDir: around.dataDir });
    await withinTime(never.close(), around);
    expect(never.faults).toEqual([]);

    const { port, free } = await occupyPort();
    try {
      const taken = { port, file: 'folder', newFile: 'folder' };
      for (const on of ['port', 'file', 'newFile'] as const) {
        if (!stands(definition, on, around)) continue;
        const tested = stageHere(definition, around, { ground: { [on]: taken[on] } });
        const thrown = await tested.open().then(
          () => undefined,
          (cause: unknown) => cause,
        );
        // what takes a while to find out ends the component when it is known
        if (thrown === undefined) await until(`${on} is missed`, () => tested.failures.length > 0, around.patienceMs);
        else expect(thrown, `what it throws where ${on} cannot be had`).toBeInstanceOf(FatalFault);
        expect((thrown as FatalFault | undefined)?.message ?? tested.failures[0]).toMatch(/\w/);
        await withinTime(tested.close(inTime(around)), around);
      }
    } finally {
      await free();
    }
    const again = stageHere(definition, around, stands(definition, 'port', around) ? { ground: { port } } : {});
    await again.open();
    await again.close(inTime(around));
    expect(again.failures).toEqual([]);
  },

  /** A test of the connection says a sentence, and the component can be opened after it. */
  async canBeProbed(
    definition: ComponentDefinition,
    around: Surroundings,
    probe: ComponentDefinition['probe'],
  ): Promise<void> {
    const config: unknown = definition.config.parse(configOn(definition, around.ground));
    const sentence = await probe?.({ config, signal: inTime(around) });
    expect(sentence).toMatch(/^[A-Z].*[^.]$/);
    const tested = stageHere(definition, around);
    await tested.open();
    await tested.close(inTime(around));
  },

  /** What comes again after a stop gives what it would have given without. */
  async keepsItsState(definition: ComponentDefinition, around: Surroundings): Promise<void> {
    const whenItCame = Date.now();
    const halves = [nasty.slice(0, 8), [...nasty.slice(8), ...nasty.slice(0, 8)]];
    const arrivedIn = async (state: BlockLog, parts: readonly (readonly unknown[])[]): Promise<unknown> => {
      const arrived: Record<string, unknown[]> = {};
      for (const part of parts) {
        const tested = stageHere(definition, around, { state, now: () => whenItCame });
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
    const fed = category === 'input' ? pester(tested, usefulTo(definition), around) : tested.feed([{ a: 1 }, { a: 2 }]);
    await withinTime(tested.close(inTime(around)), around);
    // an output that nobody takes from gives up what it was handed, and says so
    await fed.catch((thrown: Error) => expect([category, thrown.name]).toEqual(['output', 'AbortError']));
    const { in: came, out, dropped } = tested.totals();
    const handedOn = Object.values(tested.arrived).flat().length;
    if (category === 'input') expect(handedOn).toBe(came);
    if (category === 'processor') expectAsMany(handedOn, 2 - sumOf(dropped), definition);
    if (category === 'output') expect(out + sumOf(dropped)).toBe(2);
    expect(tested.failures).toEqual([]);
  },

  /** What cannot be used is counted, and it goes on with what can. */
  async takesWhateverComes(definition: ComponentDefinition, around: Surroundings): Promise<void> {
    const tested = stageHere(definition, around);
    await tested.open();
    if (definition.category !== 'input') await takesAnyPayload(tested, definition, around);
    else if (definition.trial?.makesItsOwn) await makesItsOwn(tested, around);
    else if (stands(definition, 'file', around)) await takesAnyLine(tested, around);
    else await takesAnyBytes(tested, definition, around);
    await tested.close(inTime(around));
    expect(tested.failures).toEqual([]);
  },
};

const withinTime = async (work: Promise<void>, { patienceMs }: Surroundings): Promise<void> => {
  const late = new Promise<void>((_, reject) =>
    setTimeout(() => reject(new Error('it did not stop')), patienceMs * 0.8).unref(),
  );
  await Promise.race([work, late]);
};

const usefulTo = ({ trial }: ComponentDefinition): Uint8Array => trial?.useful ?? lineOfJson;

const handedOnBy = ({ arrived }: Stage): number => Object.values(arrived).flat().length;

/** As many come out as the type says for each that goes in. */
const expectAsMany = (out: number, taken: number, { trial }: ComponentDefinition): void => {
  const [least, most] = trial?.comesOut ?? [1, 1];
  expect(out).toBeGreaterThanOrEqual(least * taken);
  expect(out).toBeLessThanOrEqual(most * taken);
};

/** Nothing can come in, so all that is to be seen is that messages come out, and none is lost. */
const makesItsOwn = async (tested: Stage, { patienceMs }: Surroundings): Promise<void> => {
  await until('it hands on what it makes', () => handedOnBy(tested) > 0, patienceMs);
  expect(sumOf(tested.totals().dropped)).toBe(0);
};

/** The file holds two lines of JSON for each that is none: the first are handed on, the others counted. */
const takesAnyLine = async (tested: Stage, { patienceMs }: Surroundings): Promise<void> => {
  await until('what cannot be used is counted', () => sumOf(tested.totals().dropped) >= 100, patienceMs);
  await until('it goes on with what can be used', () => handedOnBy(tested) >= 200, patienceMs);
};

/** Sends what no input can use, and then what this one can: the first is counted, the second comes through. */
const takesAnyBytes = async (tested: Stage, definition: ComponentDefinition, around: Surroundings): Promise<void> => {
  if (stands(definition, 'websocket', around))
    await until('it is connected', () => around.clients.length > 0, around.patienceMs);
  else if (stands(definition, 'broker', around))
    await until('it is subscribed', () => around.broker.got.some(({ cmd }) => cmd === 'subscribe'), around.patienceMs);
  else if (stands(definition, 'nats', around))
    await until('it is subscribed', () => around.nats.got.some((line) => line.startsWith('SUB a ')));
  else if (typeof tested.facts()['listening'] !== 'number')
    throw new Error('it neither listens nor calls nor reads a file: say in "trial" where its messages come from');
  for (const bytes of useless) await pester(tested, bytes, around);
  await until('what cannot be used is counted', () => sumOf(tested.totals().dropped) >= 2, around.patienceMs);
  const known = handedOnBy(tested);
  await pester(tested, usefulTo(definition), around);
  await until('it goes on with what can be used', () => handedOnBy(tested) > known, around.patienceMs);
};

/** Each payload is handed on, or counted, and one more after them is handed on. */
const takesAnyPayload = async (tested: Stage, definition: ComponentDefinition, around: Surroundings): Promise<void> => {
  const { category, ports, examples } = definition;
  const [port] = Object.keys(ports).filter((name) => ports[name]!.direction === 'input');
  if (category === 'output') await attend(tested, definition, around);
  await tested.feed(nasty, port);
  const before = tested.totals().dropped['invalid'] ?? 0;
  const usefulPayload = examples.flatMap(({ given }) => given?.[port ?? ''] ?? [])[0] ?? { a: 1 };
  await tested.feed([usefulPayload], port);
  const { in: taken, out, dropped } = tested.totals();
  expect(taken).toBe(nasty.length + 1);
  expect(dropped['invalid'] ?? 0).toBe(before);
  if (category === 'output') expect(out + sumOf(dropped)).toBe(taken);
  else expectAsMany(out, taken - sumOf(dropped), definition);
  if (category === 'processor') expect(handedOnBy(tested)).toBe(out);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
};
