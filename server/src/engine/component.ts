import type {
  Category,
  ComponentType,
  Example,
  Mention,
  OpenedPorts,
  Port,
  PortKind,
  Ports,
} from '@semstreams/contract';
import { z } from 'zod';
import type { Followers } from './followers.ts';
import type { Batch, Headers, Message } from './message.ts';
import type { KeptMap, KeptMapOptions } from './kept-map.ts';
import type { ListenAddress, Parked } from './parking.ts';
import type { Trial } from './trial.ts';

/** An input port of the given kind. It is required unless said otherwise. */
export const input = <const Kind extends PortKind>(kind: Kind, more: PortOptions = {}) =>
  ({ direction: 'input', kind, required: true, ...more }) as const satisfies Port;

/** An output port of the given kind. It is required unless said otherwise. */
export const output = <const Kind extends PortKind>(kind: Kind, more: PortOptions = {}) =>
  ({ direction: 'output', kind, required: true, ...more }) as const satisfies Port;

type PortOptions = Partial<Pick<Port, 'required' | 'title' | 'description' | 'delivery'>>;

type PortName<P extends Ports, Direction> = {
  [Name in keyof P]: P[Name]['direction'] extends Direction ? Name : never;
}[keyof P] &
  string;
export type InputPort<P extends Ports> = PortName<P, 'input'>;
export type OutputPort<P extends Ports> = PortName<P, 'output'>;

/** What a component may tell people beside its counters, such as `{ receivers: 2 }`. JSON, a kilobyte at most. */
export type Facts = Readonly<Record<string, unknown>>;

/** The world as a component sees it. Nothing else comes in, so that tests can give it any other world. */
export interface Io {
  readonly flow: string;
  readonly component: string;
  /** What this installation is known by: unique, and the same after a start. */
  readonly instance: string;
  /** Folder under which relative paths of file components lie, absolute. */
  readonly dataDir: string;
  /** Percent of the disk of that folder that may be used: what is left is for the server itself. */
  readonly diskStopAt: number;
  /** Aborted when the component has to stop; everything that waits takes it. */
  readonly signal: AbortSignal;
  /** Wall-clock time in milliseconds since 1970. */
  now(): number;
  /** Time that never jumps, in milliseconds. */
  monotonic(): number;
  /** Resolves after so many milliseconds; rejects with an AbortError as soon as the component has to stop. */
  wait(milliseconds: number): Promise<void>;
  /** A random number from 0 to 1, without 1. */
  random(): number;
  /**
   * A new message of this input, with its own id and the present time. `json` is the payload's text where it is known;
   * `size` says about how many bytes it takes where it is not.
   */
  message(
    payload: unknown,
    more?: {
      readonly json?: string | undefined;
      readonly headers?: Headers | undefined;
      readonly time?: number;
      readonly size?: number | undefined;
    },
  ): Message;
  /** Gives messages up and counts them under a reason that the definition names in `drops`, or one of `overflow`, `invalid`, `stopped`. */
  drop(reason: string, count?: number): void;
  /** What came in and can never be a message: counted as dropped with the reason `invalid`; the sentence says why. */
  invalid(sentence: string, raw: unknown): void;
  /** The same for an input whose source can wait: resolves when the dead letter is on disk. */
  keepInvalid(sentence: string, raw: unknown): Promise<void>;
  /** What a person should know now: all is well (`running`), or what it waits for (`waiting`). */
  report(state: 'running' | 'waiting', sentence: string): void;
  /** A line of the product's log, for a component whose purpose that is: a few in a minute. */
  log(level: 'info' | 'warn', sentence: string): void;
  /** Ends the component for a reason that no caller can be told by a throw, such as a socket that broke. */
  fail(fault: Error): void;
  /** Whether all that an output is handed stays on disk until it has finished it. */
  readonly isKept: boolean;
  /**
   * The guaranteed connections into an output, for one that says `follows` and hands what they keep to several by their names;
   * none where anything reaches it by another way.
   */
  readonly followed: readonly Followers[];
  /**
   * Leaves something open for the next run of this flow; call it in `close`. False where no such run comes that listens at
   * the same place: then end it in order.
   */
  park(parked: Parked): boolean;
  /**
   * What the component keeps under a name, over restarts: for types that say `keepsState`. Call it in `create`; it is filled
   * before `open`. Between guaranteed connections it is exact whatever is killed: what is changed while a message is handled, and
   * what is returned for it, are kept as one.
   */
  kept<Value>(name: string, options: KeptMapOptions<Value>): KeptMap<Value>;
  /** What the run before has parked at the place where this component listens; call it in `open`. */
  adopt(): Parked | undefined;
}

/** All a component can have beside its ports. A rejected `open` fails the flow with the sentence of its `FatalFault`. */
export interface Lifecycle {
  /** Opens files and sockets; resolves when they are open. Inputs emit nothing before the outputs are open. */
  open?(): void | Promise<void>;
  /** Ends what `open` began, once all that was accepted is handed on. Called once, also after a failed `open`. */
  close?(): void | Promise<void>;
  /** Read about once a second while it runs. */
  facts?(): Facts;
}

/** Hands a batch on. The wait is the back-pressure; its end means that the batch is safe. */
export type Emit<P extends Ports> = (batch: Batch, port?: OutputPort<P>) => Promise<void>;

export type Outcome<P extends Ports> = { readonly [Name in OutputPort<P>]?: Message | Batch } | undefined | void;
type Maybe<T> = T | Promise<T>;

/** What a processor does in time, beside what it does with messages. What it returns is handed on as if a handler had. */
export interface Timed<P extends Ports = Ports> {
  /** How often `tick` is called while the flow runs, in milliseconds. */
  readonly everyMs?: number;
  /** Looks what is due, by `io.now()` or `io.monotonic()`. The next one comes when what this one made is handed on. */
  tick?(): Maybe<Outcome<P>>;
  /** No more can come in until something is let go that it holds: lets go. For those with `atOnce`. */
  full?(): void;
  /**
   * Called once at the end, after the inputs and while everything behind is open: hands on what is held, and holds nothing from
   * then on. What is kept over restarts need not be handed on.
   */
  last?(): Maybe<Outcome<P>>;
  /** Why a message that came in did not go on, in words for people. Asked where a flow is tried, never where it runs. */
  why?(message: Message): string | undefined;
}

export type InputComponent = Lifecycle;
export type ProcessorComponent<P extends Ports> = Lifecycle &
  Timed<P> & {
    readonly [Name in InputPort<P>]: (message: Message) => Maybe<Outcome<P>>;
  };
export type OutputComponent<P extends Ports> = Lifecycle & {
  readonly [Name in InputPort<P>]: (batch: Batch) => Maybe<void>;
};

interface Described<P extends Ports, Config extends z.ZodType> {
  readonly type: string;
  readonly title: string;
  /** One sentence for a person who has never heard the technical name. */
  readonly summary: string;
  /** Name of a lucide icon. */
  readonly icon: string;
  /** Other words that people search for. */
  readonly keywords?: readonly string[];
  readonly ports: P;
  /** Output ports that its settings name, beside those of `ports`: one for each item of a list. */
  readonly opens?: OpenedPorts;
  readonly config: Config;
  /** Where it listens with this config; what is parked there is for the next run that listens there. */
  listens?(config: z.output<Config>): ListenAddress | undefined;
  /** Other components of its flow that this config names. */
  mentions?(config: z.output<Config>): Mention | undefined;
  /** The reasons for which it may give messages up, each with a sentence. */
  readonly drops?: Readonly<Record<string, string>>;
  /** Those of `drops` that somebody chose in the settings: they are counted, and no trouble. */
  readonly plannedDrops?: readonly string[];
  /** What a test of the connection does, as a sentence, for a type that can be tested before it runs. */
  readonly probes?: string;
  readonly examples: readonly Example[];
  /** What the conformance suite cannot guess. */
  readonly trial?: Trial;
}

interface Given<Config extends z.ZodType> {
  readonly config: z.output<Config>;
  readonly io: Io;
}

interface InputType<P extends Ports, Config extends z.ZodType> extends Described<P, Config> {
  readonly category: 'input';
}
interface ProcessorType<P extends Ports, Config extends z.ZodType> extends Described<P, Config> {
  readonly category: 'processor';
  /** Whether it keeps something over restarts, by `io.kept`. */
  readonly keepsState?: boolean;
  /**
   * How many messages it may have under way, where its handlers are asynchronous; one unless it says so, and one where it keeps
   * state. They are begun in order and go on in order, whichever ends first. Behind a guaranteed connection a handler may so
   * hold a message until later ones have come: it stays on disk until its promise is resolved.
   */
  readonly atOnce?: number;
  /** It may hold messages for as long as it likes. Others are told of when they do not answer. */
  readonly waitsByItself?: boolean;
}
/** Of what size batches should be: whichever is reached first. A single message may be larger. */
export interface BatchLimits {
  readonly messages: number;
  readonly bytes: number;
  /** How long the first message of a batch waits for others, in milliseconds. */
  readonly waitMs: number;
}

interface OutputType<P extends Ports, Config extends z.ZodType> extends Described<P, Config> {
  readonly category: 'output';
  /**
   * How many batches it takes before the first of them is finished; one unless it says so. They come in order, and one that
   * takes more than one throws no fault of a single message.
   */
  readonly atOnce?: number;
  /**
   * Whether what comes to it out of a guaranteed connection has a position: the run that kept it and its number there, which stay
   * the same when it comes again, so that a far side can tell.
   */
  readonly numbered?: boolean;
  /** Whether with this config it hands on what guaranteed connections keep by `io.followed`: then names have places there. */
  follows?(config: z.output<Config>): boolean;
  /** How many messages the engine gathers for one batch, and for how long; none where a far side takes them as they come. */
  readonly batches?: (config: z.output<Config>) => BatchLimits | undefined;
  /** It may hold a batch for as long as its far side is away, and reports that itself. Others are told of when they do not answer. */
  readonly waitsByItself?: boolean;
}

export interface InputDefinition<P extends Ports, Config extends z.ZodType> extends InputType<P, Config> {
  create(given: Given<Config> & { readonly emit: Emit<P> }): InputComponent;
}
export interface ProcessorDefinition<P extends Ports, Config extends z.ZodType> extends ProcessorType<P, Config> {
  create(given: Given<Config>): ProcessorComponent<P>;
}
export interface OutputDefinition<P extends Ports, Config extends z.ZodType> extends OutputType<P, Config> {
  create(given: Given<Config>): OutputComponent<P>;
}

/** What a component type is, without how it works: all that forms, checks and the catalogue need. */
export interface DefinedType extends Described<Ports, z.ZodType> {
  readonly category: Category;
  readonly atOnce?: number;
  readonly waitsByItself?: boolean;
  readonly keepsState?: boolean;
  readonly numbered?: boolean;
  follows?(config: unknown): boolean;
  batches?(config: unknown): BatchLimits | undefined;
}

/** A component type as the engine handles it, whatever its ports and its config are. */
export interface ComponentDefinition extends DefinedType {
  create(given: { config: unknown; io: Io; emit: Emit<Ports> }): Lifecycle;
  /** For a type in one file; others have a file for it. */
  probe?: Probe<z.ZodType>;
}

/**
 * Tries whether a component would find its far side, without running it. Resolves with a sentence that says what was found; rejects
 * with what is wrong, in words for people. It has about ten seconds, and leaves nothing behind.
 */
export type Probe<Config extends z.ZodType> = (given: {
  readonly config: z.output<Config>;
  readonly signal: AbortSignal;
}) => Promise<string>;

/** The one source of a component type: types, validation, form, catalogue, reference page and tests come from it. */
export function defineType<const P extends Ports, Config extends z.ZodType>(
  type: InputType<P, Config>,
): InputType<P, Config>;
export function defineType<const P extends Ports, Config extends z.ZodType>(
  type: ProcessorType<P, Config>,
): ProcessorType<P, Config>;
export function defineType<const P extends Ports, Config extends z.ZodType>(
  type: OutputType<P, Config>,
): OutputType<P, Config>;
export function defineType(type: unknown): unknown {
  return type;
}

/** How a defined type works. It stands in a file of its own: lanes load it, the server does not. */
export function implement<P extends Ports, Config extends z.ZodType>(
  type: InputType<P, Config>,
  create: InputDefinition<P, Config>['create'],
): ComponentDefinition;
export function implement<P extends Ports, Config extends z.ZodType>(
  type: ProcessorType<P, Config>,
  create: ProcessorDefinition<P, Config>['create'],
): ComponentDefinition;
export function implement<P extends Ports, Config extends z.ZodType>(
  type: OutputType<P, Config>,
  create: OutputDefinition<P, Config>['create'],
): ComponentDefinition;
export function implement(type: unknown, create: unknown): ComponentDefinition {
  return { ...(type as DefinedType), create: create as ComponentDefinition['create'] };
}

/** How the connection of a defined type is tested, in a file of its own, `<type>.probe.ts`: whoever tests loads it alone. */
export const implementProbe = <P extends Ports, Config extends z.ZodType>(
  _type: Described<P, Config>,
  probe: Probe<Config>,
): Probe<z.ZodType> => probe as Probe<z.ZodType>;

/** A type and how it works in one piece, such as one that comes in a single file. */
export function defineComponent<const P extends Ports, Config extends z.ZodType>(
  definition: InputDefinition<P, Config> | ProcessorDefinition<P, Config> | OutputDefinition<P, Config>,
): ComponentDefinition {
  return definition as unknown as ComponentDefinition;
}

/** Reasons for dropping that the engine itself knows, beside those of the component types. */
export const engineDrops = {
  overflow: 'It came faster than the flow could take it.',
  invalid: 'It can never work in this component.',
  unkept: 'It can never work in this component, and its dead letter could not be kept.',
  failed: 'The component could not go on.',
  buffer_full: 'The buffer before it was full, and the oldest messages went.',
  expired: 'It waited in the buffer for longer than it may.',
  damaged: 'Its part of the buffer cannot be read any more.',
  removed: 'It waited in the buffer, and somebody else removed it, or its files were lost.',
  too_large: 'It is larger than a buffer can keep.',
  forgotten: 'It waited for a receiver that was away for too long, or for which too much waited.',
  stopped: 'The flow ended before it could be handed on.',
} as const;

/** The definition as the catalogue shows it. */
export const describe = (definition: DefinedType): ComponentType => ({
  type: definition.type,
  category: definition.category,
  title: definition.title,
  summary: definition.summary,
  icon: definition.icon,
  keywords: [...(definition.keywords ?? [])],
  ports: definition.ports,
  ...(definition.opens === undefined ? {} : { opens: definition.opens }),
  config_schema: z.toJSONSchema(definition.config, { io: 'input' }) as Record<string, unknown>,
  drops: { ...engineDrops, ...definition.drops },
  ...(definition.probes === undefined ? {} : { probes: definition.probes }),
  examples: [...definition.examples],
});
