import { expect, it } from 'vitest';
import { Quarantine } from './quarantine.ts';

it("who may look at some flows hears of these and of what is everybody's, and of nothing else", () => {
  const quarantine = new Quarantine();
  quarantine.tell('disk', 'it is full', 'everybody');
  quarantine.tell('flows/secret.json', 'it cannot be read');
  quarantine.tell('semstreams_flows/mine', 'it is damaged', { flow: 'mine' });
  quarantine.tell('semstreams_flows/theirs', 'it is damaged', { flow: 'theirs' });
  const sources = (reach?: (flow: string) => boolean) => quarantine.all(reach).map(({ source }) => source);
  expect(sources((flow) => flow === 'mine')).toEqual(['disk', 'semstreams_flows/mine']);
  expect(sources()).toHaveLength(4);
});
