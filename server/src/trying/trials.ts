import { Injectable } from '@nestjs/common';
import {
  excessOf,
  FlowDocument,
  isError,
  mostTrialCharacters,
  type Ports,
  portsOf,
  portsWith,
  type Trial,
  type TrialMessage,
  type TrialRequest,
} from '@semstreams/contract';
import { Catalogue } from '../component-kit/catalogue.ts';
import { Settings } from '../config/settings.ts';
import { writeJson } from '../engine/exact-number.ts';
import { FatalFault } from '../engine/fault.ts';
import { Checker } from '../flows/checker.ts';
import { conflict, HttpProblem, refused } from '../web/problems.ts';
import { runTrial } from './run-trial.ts';
import type { GivenMessage, TrialOrder } from './trial-order.ts';

/** So many run at once: each may keep a core busy for some seconds. */
const mostAtOnce = 2;
const againSeconds = 2;
/** Heap that a trial may have at most; less where lanes have less. */
const mostMemoryBytes = 256 * 1024 ** 2;
/** Messages that do not say when they came in are so far apart, in milliseconds. */
const apartMs = 1000;

type At = TrialOrder['at'];

/** Tries drafts for people who edit them. Nothing is kept of a trial. */
@Injectable()
export class Trials {
  private running = 0;

  constructor(
    private readonly catalogue: Catalogue,
    private readonly settings: Settings,
    private readonly checker: Checker,
  ) {}

  /** What each component makes of each message. Rejects with a problem where that cannot be tried at all. */
  async try({ flow: document, at, messages }: TrialRequest, signal: AbortSignal): Promise<Trial> {
    const findings = await this.checker.check(document);
    const parsed = FlowDocument.safeParse(document);
    if (!parsed.success || excessOf(document) || parsed.data.components.length === 0)
      throw refused('this is no flow that can be tried: the findings say why', findings);
    const components = [...new Map(parsed.data.components.toReversed().map((each) => [each.id, each])).values()];
    const flow = { components: components.toReversed(), connections: parsed.data.connections };
    const entry = this.entryOf(flow, at);
    const given = givenMessages(messages);
    if (this.running >= mostAtOnce)
      throw new HttpProblem(429, 'others are trying flows at this moment: try again in a moment', undefined, {
        retryAfterSeconds: againSeconds,
      });
    this.running += 1;
    try {
      const outcome = await this.run({ flow, at: entry, messages: given }, signal);
      return {
        at: entry,
        findings: findings.filter((each) => isError(each) || each.component !== undefined),
        ...outcome,
      };
    } catch (thrown) {
      if (thrown instanceof FatalFault) throw conflict(thrown.message);
      throw thrown;
    } finally {
      this.running -= 1;
    }
  }

  private run(order: Pick<TrialOrder, 'flow' | 'at' | 'messages'>, signal: AbortSignal): ReturnType<typeof runTrial> {
    const { dataDir, reach, values } = this.settings;
    const types = order.flow.components.flatMap(({ type }) => {
      const known = this.catalogue.get(type);
      if (!known) return [];
      const { title, category, ports, opens } = known;
      return [[type, { title, category, ports, ...(opens ? { opens } : {}) }] as const];
    });
    return runTrial(
      {
        ...order,
        types: Object.fromEntries(types),
        dataDir,
        reach,
        secretsDir: values.secrets_dir,
        ownComponents: this.catalogue.ownComponents(),
      },
      { memoryBytes: Math.min(mostMemoryBytes, values.lanes.memory_limit), signal },
    );
  }

  /** Where the messages enter; refused where there is no such place. */
  private entryOf({ components }: Pick<TrialOrder['flow'], 'components'>, at: TrialRequest['at']): At {
    const categoryOf = (type: string) => this.catalogue.get(type)?.category;
    const wanted = at?.component ?? (components.find(({ type }) => categoryOf(type) === 'input') ?? components[0]!).id;
    const component = components.find(({ id }) => id === wanted);
    if (!component) throw refused(`there is no component "${wanted}" in this flow: name one in "at"`, []);
    const type = this.catalogue.get(component.type);
    const isInput = type?.category === 'input';
    const ports: Ports = type ? portsWith(type, component.config) : {};
    const names = portsOf(ports, isInput ? 'output' : 'input');
    const port = at?.port ?? names[0] ?? 'in';
    if (type && !names.includes(port))
      throw refused(
        `"${wanted}" has no ${isInput ? 'output' : 'input'} port "${port}": name in "at" one of ${names.join(', ')}`,
        [],
      );
    return { component: wanted, port };
  }
}

/** Messages as the process takes them, each with a time. */
const givenMessages = (messages: readonly TrialMessage[]): GivenMessage[] => {
  let time = Date.now() - apartMs;
  let characters = 0;
  return messages.map((message) => {
    time = message.time === undefined ? time + apartMs : Date.parse(message.time);
    const json = message.base64 === undefined ? (writeJson(message.text ?? message.payload) ?? 'null') : undefined;
    characters += (json ?? message.base64 ?? '').length;
    if (characters > mostTrialCharacters)
      throw refused(
        `the messages have more than ${mostTrialCharacters / 1024 ** 2} MB together: try with fewer, or shorter ones`,
        [],
      );
    return {
      ...(json === undefined ? { base64: message.base64! } : { json }),
      headers: message.headers ?? {},
      time,
    };
  });
};
