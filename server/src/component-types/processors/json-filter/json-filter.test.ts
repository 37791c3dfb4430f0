import { expect, it } from 'vitest';
import type { Io } from '../../../engine/component.ts';
import { type Headers, Message } from '../../../engine/message.ts';
import { jsonFilter } from './json-filter.component.ts';

it('looks at headers where a rule is about one', () => {
  const accepts = ({ headers }: { headers: object }): boolean => {
    const rules = [
      { field: '@header.topic', operator: 'starts_with', value: 'ship/' },
      { field: 'n', operator: 'gt', value: 1 },
    ];
    const config: unknown = jsonFilter.config.parse({ rules });
    const filter = jsonFilter.create({ config, io: {} as Io, emit: async () => undefined }) as unknown as {
      in(message: Message): { out?: Message; rejected?: Message };
    };
    const message = new Message({ n: 2 }, 1, 'test.a.1', 1, headers as Headers);
    const outcome = filter.in(message);
    expect(outcome.out ?? outcome.rejected).toBe(message);
    return outcome.out !== undefined;
  };
  expect([{ topic: 'ship/1' }, { topic: 'car/1' }, {}].map((headers) => accepts({ headers }))).toEqual([
    true,
    false,
    false,
  ]);
});
