import { ComponentType } from '@semstreams/contract';
import * as lucide from 'lucide-react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type ComponentDefinition,
  defineComponent,
  describe as describeType,
  input,
  output,
} from '../engine/component.ts';
import { FatalFault } from '../engine/fault.ts';
import type { Batch, Message } from '../engine/message.ts';
import { rules } from '../component-kit/testing/conformance.contract.ts';
import { loadAllDefinitions, loadProbe } from '../catalogue/load-definition.ts';
import { stage } from '../component-kit/testing/stage.ts';
import {
  type JsonSchema,
  leastConfig,
  schemaOf,
  type Surroundings,
  surroundings,
} from '../component-kit/testing/surroundings.contract.ts';

/** Every component type that comes with the product is held to all of this; a new one needs nothing here. */
const definitions = await loadAllDefinitions();
const files = Object.keys(import.meta.glob('./*/*/*.ts'));

/** Every property in a JSON schema, however deep, with its place. */
const propertiesOf = (schema: unknown, place: string): { place: string; property: JsonSchema }[] => {
  if (typeof schema !== 'object' || schema === null) return [];
  if (Array.isArray(schema)) return schema.flatMap((inner, index) => propertiesOf(inner, `${place}[${index}]`));
  const { properties = {}, examples: _, default: __, ...rest } = schema as JsonSchema;
  return [
    ...Object.entries(properties).flatMap(([name, property]) => [
      { place: `${place}.${name}`, property },
      ...propertiesOf(property, `${place}.${name}`),
    ]),
    ...Object.entries(rest).flatMap(([key, inner]) => propertiesOf(inner, `${place}/${key}`)),
  ];
};

let around: Surroundings;
beforeEach(async () => {
  around = await surroundings();
});
afterEach(() => around.end());

describe.each(definitions)('the component type $type', (definition) => {
  const { type, config, category, ports, examples } = definition;
  const folder = type.replaceAll('_', '-');

  it('lies in a folder of its name, with the files that belong there', () => {
    expect(type).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
    const own = files.filter((file) => file.includes(`/${folder}/`));
    expect(own).toEqual(
      expect.arrayContaining([
        `./${category}s/${folder}/${folder}.component.ts`,
        `./${category}s/${folder}/${folder}.module.ts`,
      ]),
    );
  });

  it('is described for people who have never heard of it', () => {
    const described = ComponentType.parse(describeType(definition));
    expect(described.title).toMatch(/^[A-Z].*[^.]$/);
    expect(described.summary).toMatch(/^[A-Z].{10,}\.$/);
    expect(described.keywords.length).toBeGreaterThanOrEqual(3);
    expect(described.keywords).toEqual([...new Set(described.keywords.map((word) => word.toLowerCase()))]);
    const icon = described.icon.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase());
    expect(Object.keys(lucide)).toContain(icon);
    for (const [reason, sentence] of Object.entries(described.drops)) {
      expect(reason).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(sentence).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('has the ports of its category', () => {
    const directions = Object.values(ports).map(({ direction }) => direction);
    expect(directions.includes('input')).toBe(category !== 'input');
    expect(directions.includes('output')).toBe(category !== 'output');
    // the handlers of its ports stand beside these
    for (const word of ['open', 'close', 'facts', 'tick', 'last', 'full', 'everyMs'])
      expect(Object.keys(ports)).not.toContain(word);
  });

  it.runIf(definition.keepsState)('keeps what it says that it keeps, and goes on with it', async () => {
    await rules.keepsItsState(definition, around);
  });

  it('has a title and a sentence for every setting', () => {
    for (const { place, property } of propertiesOf(schemaOf(config), type)) {
      expect(property.title, `title of ${place}`).toMatch(/^[A-Z].*[^.]$/);
      expect(property.description, `description of ${place}`).toMatch(/^\S.{2,}$/);
    }
  });

  it('works with its defaults, and with the example of what must be given', () => {
    expect(config.safeParse(leastConfig(config)).error?.issues).toBeUndefined();
  });

  it('refuses settings that it does not know', () => {
    const parsed = config.safeParse({ ...leastConfig(config), no_such_setting: 1 });
    expect(parsed.error?.issues.map(({ code }) => code)).toEqual(['unrecognized_keys']);
  });

  it('has examples, with what goes in and comes out where it is a processor', () => {
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      expect(example.title).toMatch(/^[A-Z].*[^.]$/);
      expect(config.safeParse(example.config).error?.issues, example.title).toBeUndefined();
      if (category === 'processor') expect(example, example.title).toMatchObject({ given: {}, expect: {} });
    }
  });

  it.each(examples.filter((example) => example.given && example.expect))(
    'does what its example “$title” says',
    async (example) => {
      const tested = stage(definition, example.config, { dataDir: around.dataDir });
      await tested.open();
      for (const [port, payloads] of Object.entries(example.given!)) await tested.feed(payloads, port);
      await tested.close(AbortSignal.timeout(5000));
      const nothing = Object.fromEntries(Object.keys(tested.arrived).map((port) => [port, []]));
      expect(tested.arrived).toEqual({ ...nothing, ...example.expect });
      expect(tested.failures).toEqual([]);
    },
  );

  it.runIf(definition.probes !== undefined || files.some((file) => file.endsWith(`/${folder}.probe.ts`)))(
    'says what a test of its connection finds, and leaves nothing',
    async () => {
      expect(definition.probes).toMatch(/^[A-Z].*\.$/);
      await rules.canBeProbed(definition, around, await loadProbe(definition));
    },
  );
  it('starts and stops, twice', async () => rules.startsAndStopsTwice(definition, around));
  it('says why it cannot be opened, can be closed then, and opens when it can', async () =>
    rules.closesUnopened(definition, around));
  it('stops within its time while it is busy, and hands on what it has', async () =>
    rules.stopsWhileBusy(definition, around));
  it('takes whatever comes: what cannot be used is counted, and it goes on', async () =>
    rules.takesWhateverComes(definition, around));
});

describe('a component type is caught that', () => {
  const offence = {
    type: 'offender',
    title: 'Offender',
    summary: 'Breaks a rule.',
    icon: 'box',
    config: z.object({}),
    examples: [],
  } as const;
  const processor = { category: 'processor', ports: { in: input('json'), out: output('json') } } as const;
  const sink = { category: 'output', ports: { in: input('json') } } as const;
  const listening = { ...sink, config: z.object({ port: z.int().default(0) }) } as const;
  let isOpen = false;

  it.each<[string, keyof typeof rules, ComponentDefinition]>([
    [
      'leaves something open',
      'startsAndStopsTwice',
      defineComponent({
        ...offence,
        ...sink,
        create: () => ({
          open() {
            if (isOpen) throw new FatalFault('it is open already');
            isOpen = true;
          },
          in: () => undefined,
        }),
      }),
    ],
    [
      'cannot be closed unopened',
      'closesUnopened',
      defineComponent({
        ...offence,
        ...listening,
        create: () => {
          let opened: { end(): void } | undefined;
          return {
            open() {
              if (opened === undefined) throw new FatalFault('the port is used by another program');
              opened = { end: () => undefined };
            },
            in: () => undefined,
            close: () => opened!.end(),
          };
        },
      }),
    ],
    [
      'cannot be closed where nobody opened it, though it needs nothing',
      'closesUnopened',
      defineComponent({
        ...offence,
        ...processor,
        create: () => {
          let opened: { end(): void } | undefined;
          return {
            open: () => void (opened = { end: () => undefined }),
            in: (message: Message) => ({ out: message }),
            close: () => opened!.end(),
          };
        },
      }),
    ],
    [
      'says nothing of a folder in the place of its file',
      'closesUnopened',
      defineComponent({
        ...offence,
        ...sink,
        config: z.object({ path: z.string() }),
        trial: { config: ({ newFile }) => ({ path: newFile }) },
        create: () => ({ in: () => undefined }),
      }),
    ],
    [
      'says nothing of a port that others have',
      'closesUnopened',
      defineComponent({ ...offence, ...listening, create: () => ({ in: () => undefined }) }),
    ],
    [
      'loses what it has when it stops',
      'stopsWhileBusy',
      defineComponent({ ...offence, ...processor, create: () => ({ in: async () => undefined }) }),
    ],
    [
      'does not end',
      'stopsWhileBusy',
      defineComponent({
        ...offence,
        ...sink,
        create: () => ({ in: () => undefined, close: async () => new Promise<void>(() => undefined) }),
      }),
    ],
    [
      'loses what it cannot use',
      'takesWhateverComes',
      defineComponent({
        ...offence,
        ...processor,
        create: () => ({
          in: (message: Message) => (typeof message.payload === 'object' ? { out: message } : undefined),
        }),
      }),
    ],
    [
      'fails at what it cannot use',
      'takesWhateverComes',
      defineComponent({
        ...offence,
        ...sink,
        create: () => ({
          in: (batch: Batch) => {
            if (batch.some(({ payload }) => payload === null)) throw new FatalFault('null is too much');
          },
        }),
      }),
    ],
    [
      'gives more than it says',
      'takesWhateverComes',
      defineComponent({
        ...offence,
        ...processor,
        trial: { comesOut: [0, 1] },
        create: () => ({ in: (message: Message) => ({ out: [message, message] }) }),
      }),
    ],
    [
      'says that its messages are its own, and makes none',
      'takesWhateverComes',
      defineComponent({
        ...offence,
        category: 'input',
        ports: { out: output('json') },
        trial: { makesItsOwn: true },
        create: () => ({}),
      }),
    ],
    [
      'is silent for ever after what it cannot use',
      'takesWhateverComes',
      defineComponent({
        ...offence,
        category: 'input',
        ports: { out: output('json') },
        create: ({ io }) => ({ open: () => io.invalid('no JSON', undefined) }),
      }),
    ],
  ])('%s', async (_, rule, offender) => {
    const hurried = { ...around, patienceMs: 500 };
    await expect(rules[rule](offender, hurried, undefined)).rejects.toThrow();
  });
});
