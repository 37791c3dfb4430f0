import { expect, it } from 'vitest';
import { Injections, mostInLine, mostUnderWay } from './injections.ts';

/** A flow whose batches get through when the test says so. */
const open = () => {
  const inFlow: { readonly text: string; readonly through: () => void; readonly fail: (reason: Error) => void }[] = [];
  const injections = new Injections({
    inject: (_, __, [text]) => new Promise<void>((through, fail) => void inFlow.push({ text: text!, through, fail })),
  });
  let requests = 0;
  const answers: Record<number, string> = {};
  const inject = (component = 'source') => {
    const request = (requests += 1);
    injections.inject({ request, component, port: undefined, texts: [String(request)] }).then(
      () => (answers[request] = 'through'),
      (thrown: Error) => (answers[request] = thrown.message),
    );
    return request;
  };
  return { injections, inject, inFlow, answers };
};
const turn = async () => new Promise((resolve) => setImmediate(resolve));

const inTheFlow = 'they are not through yet; they are in the flow and go on when it does';
const notTaken = 'messages that were injected before are not through yet; these were not taken';

it('lets batches in one by one, and says when they are through or what was wrong', async () => {
  const { inject, inFlow, answers } = open();
  inject();
  inject();
  await turn();
  inFlow[0]!.through();
  inFlow[1]!.fail(new Error('there is no component "source"'));
  await turn();
  expect(answers).toEqual({ 1: 'through', 2: 'there is no component "source"' });
});

it('withdraws what waits in line, and never what is in the flow', async () => {
  const { injections, inject, inFlow, answers } = open();
  for (let n = 0; n < mostUnderWay + 2; n += 1) inject();
  const [first, second] = [mostUnderWay + 1, mostUnderWay + 2];
  await turn();
  injections.withdraw(1);
  injections.withdraw(first);
  await turn();
  expect(answers).toEqual({ 1: inTheFlow, [first]: notTaken });
  expect(inFlow.map(({ text }) => Number(text))).not.toContain(first);
  inFlow[0]!.through();
  await turn();
  expect(inFlow.at(-1)?.text).toBe(String(second));
  for (const { through } of inFlow) through();
  await turn();
  expect(Object.values(answers).filter((answer) => answer === 'through').length).toBe(mostUnderWay);
});

it('holds the place of what was withdrawn in the flow until the flow is done with it', async () => {
  const { injections, inject, inFlow } = open();
  for (let n = 1; n <= mostUnderWay; n += 1) injections.withdraw(inject());
  await turn();
  inject();
  await turn();
  expect(inFlow.length).toBe(mostUnderWay);
  inFlow[0]!.through();
  await turn();
  expect(inFlow.length).toBe(mostUnderWay + 1);
});

it('refuses at once what is too much, and lets other components be', async () => {
  const { inject, inFlow, answers } = open();
  for (let n = 0; n < mostUnderWay + mostInLine; n += 1) inject();
  const tooMuch = inject();
  inject('other');
  await turn();
  expect(answers).toEqual({
    [tooMuch]: 'too many messages that were injected before are not through yet; these were not taken',
  });
  expect(inFlow.length).toBe(mostUnderWay + 1);
});

it('lets nothing more in when the flow ends, and waits for what is in it', async () => {
  const { injections, inject, inFlow, answers } = open();
  for (let n = 0; n < mostUnderWay + 1; n += 1) inject();
  await turn();
  injections.end();
  for (const { through } of inFlow) through();
  await turn();
  expect(inFlow.length).toBe(mostUnderWay);
  expect([answers[1], answers[mostUnderWay + 1]]).toEqual(['through', notTaken]);
});
