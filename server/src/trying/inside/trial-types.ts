import { type Ports, portsOf, portsWith } from '@semstreams/contract';
import { z } from 'zod';
import type { ComponentDefinition, Io, Lifecycle, Timed } from '../../engine/component.ts';
import { FatalFault, InvalidMessage, sentenceOf, TransientFault } from '../../engine/fault.ts';
import type { Batch, Message } from '../../engine/message.ts';
import { dropSentence } from '../../lanes/agreed/drop-reasons.ts';
import type { OpenStep, TrialRecord } from './trial-record.ts';

/** Lets messages leave an input by one of its ports. Resolves when they are through. */
export type Leave = (batch: Batch, port: string) => Promise<void>;
type Handler = (message: Message) => unknown;
type Made = Parameters<TrialRecord['made']>[1];

const standIn = {
  title: 'Trial',
  summary: 'Stands for a component while a flow is tried.',
  icon: 'box',
  config: z.unknown(),
  examples: [],
};
const only = (ports: Ports, direction: 'input' | 'output'): Ports =>
  Object.fromEntries(portsOf(ports, direction).map((port) => [port, ports[port]!]));

/** An input that opens nothing; `ready` is told how something leaves it. */
export const silentInput = (type: string, ports: Ports, ready: (leave: Leave) => void): ComponentDefinition => ({
  ...standIn,
  type,
  category: 'input',
  ports: only(ports, 'output'),
  create: ({ emit }) => {
    // the names of its ports are known where it runs alone, so no type can hold them
    ready(emit as unknown as Leave);
    return {};
  },
});

/** An output that opens nothing and sends nothing, or a component that does not work: what arrives there is noted, and ends. */
export const deadEnd = (
  type: string,
  ports: Ports,
  { record, outcome }: { readonly record: TrialRecord; readonly outcome: 'sent' | 'stopped' },
): ComponentDefinition => {
  const take = (port: string) => (batch: Batch) => {
    for (const given of batch) record.ended({ component: type, port, given, said: [], refused: 0 }, outcome);
  };
  return {
    ...standIn,
    type,
    category: 'output',
    ports: only(ports, 'input'),
    create: () => Object.fromEntries(portsOf(ports, 'input').map((port) => [port, take(port)])),
  };
};

/**
 * A processor as it is, whose every step is noted. What would stop it, or would be tried again, costs the message alone: a trial is
 * over in seconds, and shows what becomes of the others.
 */
export const recorded = (
  type: string,
  definition: ComponentDefinition,
  { config, record, broke }: { config: unknown; record: TrialRecord; broke: (sentence: string) => void },
): ComponentDefinition => {
  const ports = portsWith(definition, config);
  const [inputs, [first]] = [portsOf(ports, 'input'), portsOf(ports, 'output')];
  /** The step that was begun last: messages come one by one. */
  let present: OpenStep | undefined;
  const begin = (given?: Message, port?: string): OpenStep =>
    (present = {
      component: type,
      ...(port === undefined ? {} : { port }),
      ...(given ? { given } : {}),
      said: [],
      refused: 0,
    });
  const refuse = (sentence: string): void => {
    if (!present) return;
    present.said.push(sentence);
    present.refused += 1;
  };
  const listening = (io: Io): Io => ({
    ...io,
    drop: (reason, count) => {
      present?.said.push(dropSentence(definition, reason));
      io.drop(reason, count);
    },
    invalid: refuse,
    keepInvalid: async (sentence) => refuse(sentence),
  });
  const fail = (step: OpenStep, thrown: unknown): never => {
    const sentence = `${sentenceOf(thrown)}${thrown instanceof TransientFault ? '; it would be tried again' : ''}`;
    record.failed(step, sentence);
    if (thrown instanceof FatalFault) broke(sentence);
    throw new InvalidMessage(sentence);
  };
  /** Does a step, and notes what came of it, now or later. */
  const noting = (step: OpenStep, work: () => unknown, why?: () => string | undefined): unknown => {
    const done = (made: unknown): unknown => {
      record.made(step, made as Made, isLeftOut(made, first) ? why : undefined);
      return made;
    };
    let made: unknown;
    try {
      made = work();
      if (!(made instanceof Promise)) return done(made);
    } catch (thrown) {
      return fail(step, thrown);
    }
    return made.then(done).catch((thrown: unknown) => fail(step, thrown));
  };

  return {
    ...definition,
    type,
    create: (given) => {
      const instance = definition.create({ ...given, io: listening(given.io) }) as Timed & Record<string, unknown>;
      const handle = (port: string): Handler => {
        const own = (instance[port] as Handler).bind(instance);
        return (message) =>
          noting(
            begin(message, port),
            () => own(message),
            () => instance.why?.(message),
          );
      };
      const inTime = (name: 'tick' | 'last') => {
        const own = instance[name]?.bind(instance);
        return own ? { [name]: () => noting(begin(), own) } : {};
      };
      const as = (name: 'open' | 'close' | 'facts' | 'full') => {
        const own = instance[name];
        return typeof own === 'function' ? { [name]: own.bind(instance) as () => void } : {};
      };
      const made: Readonly<Record<string, unknown>> = {
        ...Object.fromEntries(inputs.map((port) => [port, handle(port)])),
        ...as('open'),
        ...as('close'),
        ...as('facts'),
        ...as('full'),
        ...(instance.everyMs === undefined ? {} : { everyMs: instance.everyMs }),
        ...inTime('tick'),
        ...inTime('last'),
      };
      return made as Lifecycle;
    },
  };
};

/** Whether nothing went on by the first port, where most goes. */
const isLeftOut = (made: unknown, first: string | undefined): boolean =>
  first !== undefined && (typeof made !== 'object' || made === null || !Object.hasOwn(made, first));
