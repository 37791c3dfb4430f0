import { LastingSandbox } from '../../../component-kit/sandbox/lasting-sandbox.ts';
import { orRefuse } from '../../../component-kit/sandbox/or-refuse.ts';
import { Thrown } from '../../../component-kit/sandbox/sandbox.ts';
import { implement } from '../../../engine/component.ts';
import { FatalFault, InvalidMessage } from '../../../engine/fault.ts';
import { asHeaders } from '../../../engine/header-path.ts';
import { parseJson } from '../../../engine/json-text.ts';
import { limits } from '../../../engine/limits.ts';
import type { Message } from '../../../engine/message.ts';
import { handler } from './handler.ts';
import { fewLines } from './few-lines.ts';
import { scriptDefinition } from './script.definition.ts';
import { placeIn, scriptName } from './syntax.ts';

/** What `handler` gives, in a list. */
type Made = readonly [
  { readonly results: readonly { readonly payload: unknown; readonly headers?: unknown }[]; readonly state?: string },
];

export const script = implement(scriptDefinition, ({ config, io }) => {
  const kept = io.kept<string>('state', { most: 1 });
  /** Whether the state in the sandbox is not what is kept. */
  let isStale = true;
  const sandbox = new LastingSandbox(
    {
      programs: [{ name: scriptName, text: config.code }],
      handler,
      timeout: config.timeout,
      memory: config.memory,
      say: fewLines(io),
    },
    () => void (isStale = true),
  );

  const givenOf = ({ json, headers, time, id }: Message): string => {
    const state = isStale ? `,"state":${JSON.stringify(kept.get('state') ?? '{}')}` : '';
    isStale = true;
    return `{"payload":${json},"headers":${JSON.stringify(headers)},"time":${time},"id":${JSON.stringify(id)}${state}}`;
  };

  const take = (message: Message, text: string) => {
    if (text.length > message.json.length + limits.growth)
      throw new InvalidMessage(`it returns more than the ${limits.growth / 1024 ** 2} MB that it may add`);
    const [{ results, state }] = parseJson(text) as Made;
    const share = Math.max(0, Math.ceil(text.length / Math.max(1, results.length)) - message.size);
    const out = results.map(({ payload, headers }) => message.with(payload, share).withHeaders(asHeaders(headers)));
    isStale = false;
    if (state !== undefined) kept.set('state', state);
    if (out.length === 0) return io.drop('rejected');
    return { out };
  };

  return {
    open: async () => {
      try {
        await sandbox.open();
      } catch (thrown) {
        throw new FatalFault(`the script cannot be run: ${whyOf(thrown)}`, { cause: thrown });
      }
    },
    close: () => sandbox.close(),
    in: (message) =>
      orRefuse(
        () =>
          sandbox.run(
            () => givenOf(message),
            (text) => take(message, text),
          ),
        whyOf,
      ),
  };
});

/** With line and column, where they are known. */
const whyOf = (thrown: unknown): string => {
  if (!(thrown instanceof Thrown)) return (thrown as Error).message;
  return `${placeIn(thrown.where)}${thrown.message}`;
};
