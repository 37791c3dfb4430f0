import { mostOpened, PortName } from '@semstreams/contract';
import { z } from 'zod';
import { checkPatterns, compile, Match, Rule } from '../../../component-kit/rules/rules.ts';
import type { Message } from '../../../engine/message.ts';

export const Route = z.strictObject({
  name: PortName.meta({
    title: 'Name',
    description: 'The output port where these messages go, in small letters, digits and "_".',
    examples: ['too_hot'],
  }),
  rules: z.array(Rule).max(100).default([]).meta({
    title: 'Rules',
    description: 'What a message must be like to go here. Without rules every message does.',
  }),
  match: Match.default('all').meta({ title: 'Goes here when', advanced: true }),
});
export type Route = z.infer<typeof Route>;

export const Routes = z
  .array(Route)
  .max(mostOpened)
  .check(({ value: routes, issues }) => {
    const places = routes.flatMap(({ rules }, route) =>
      rules.map((rule, index) => ({ rule, path: [route, 'rules', index, 'value'] })),
    );
    checkPatterns(
      places.map(({ rule }) => rule),
      (index, message) => {
        const { rule, path } = places[index]!;
        issues.push({ code: 'custom', path, message, input: rule.value });
      },
    );
  });

/** Where a message goes, by the names of ports. It inherits nothing, so that a route may have any name. */
type Ways = Readonly<Record<string, Message>>;
const Ways = function () {} as unknown as new () => Record<string, Message>;
Ways.prototype = Object.create(null) as object;

const sentTo = (port: string, message: Message): Ways => {
  const ways = new Ways();
  ways[port] = message;
  return ways;
};

/** Sends a message to the first route whose rules hold for what is looked at, or to each of them; to `else` where none does. */
export const routing = ({
  routes,
  send_to,
}: {
  readonly routes: readonly Route[];
  readonly send_to: 'first' | 'all';
}): ((message: Message, looked: unknown) => Ways) => {
  const names = routes.map(({ name }) => name);
  const tests = routes.map(({ rules, match }) => compile(rules, match));
  if (send_to === 'first')
    return (message, looked) => {
      for (let index = 0; index < tests.length; index += 1)
        if (tests[index]!(looked)) return sentTo(names[index]!, message);
      return sentTo('else', message);
    };
  return (message, looked) => {
    let ways: Record<string, Message> | undefined;
    for (let index = 0; index < tests.length; index += 1)
      if (tests[index]!(looked)) (ways ??= new Ways())[names[index]!] = message;
    return ways ?? sentTo('else', message);
  };
};
