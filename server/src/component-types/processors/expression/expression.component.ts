import jsonataText from 'jsonata/jsonata.min.js?raw';
import { LastingSandbox } from '../../../component-kit/sandbox/lasting-sandbox.ts';
import { orRefuse } from '../../../component-kit/sandbox/or-refuse.ts';
import { Thrown } from '../../../component-kit/sandbox/sandbox.ts';
import { implement } from '../../../engine/component.ts';
import { FatalFault, InvalidMessage, sentenceOf } from '../../../engine/fault.ts';
import { writer } from '../../../engine/field-path.ts';
import { parseJson } from '../../../engine/json-text.ts';
import { limits } from '../../../engine/limits.ts';
import type { Message } from '../../../engine/message.ts';
import { expressionDefinition } from './expression.definition.ts';
import { handlerOf } from './handler.ts';
import { sentenceAt } from './syntax.ts';

export const expression = implement(expressionDefinition, ({ config, io }) => {
  const { into, nothing } = config;
  const sandbox = new LastingSandbox({
    programs: [{ name: 'jsonata', text: jsonataText }],
    handler: handlerOf(config.expression, config.each),
    timeout: config.timeout,
    memory: config.memory,
    say: () => undefined,
  });
  const write = into === '' ? undefined : writer(into);

  const take = (message: Message, text: string) => {
    if (text.length > message.json.length + limits.growth)
      throw new InvalidMessage(`the result takes more than the ${limits.growth / 1024 ** 2} MB that it may add`);
    const results = parseJson(text) as readonly unknown[];
    if (results.length === 0) return nothing === 'pass' ? { out: message } : io.drop('rejected');
    if (write && (message.json.length + 1) * results.length > limits.growth + message.json.length)
      throw new InvalidMessage(
        `its ${results.length} messages would take more than they may together: let the result be the payload`,
      );
    const share = Math.max(0, Math.ceil(text.length / results.length) - (write ? 0 : message.size));
    return { out: results.map((result) => message.with(write ? write(message.payload, result) : result, share)) };
  };

  return {
    open: async () => {
      try {
        await sandbox.open();
      } catch (thrown) {
        throw new FatalFault(`the expression cannot be evaluated: ${whyOf(thrown)}`, { cause: thrown });
      }
    },
    close: () => sandbox.close(),
    in: (message) =>
      orRefuse(
        () =>
          sandbox.run(
            () => `{"payload":${message.json},"headers":${JSON.stringify(message.headers)}}`,
            (text) => take(message, text),
          ),
        whyOf,
      ),
  };
});

/** With the place in the expression, where it is known. */
const whyOf = (thrown: unknown): string => {
  const position = thrown instanceof Thrown ? /^position (\d+)$/.exec(thrown.where)?.[1] : undefined;
  return sentenceAt(position === undefined ? undefined : Number(position), sentenceOf(thrown));
};
