import { readFile } from 'node:fs/promises';
import { mostTrialMessages, paths, Trial, type TrialMessage } from '@semstreams/contract';
import { AskingFailed } from '../asking/asking-failed.ts';
import { flowsIn } from '../asking/flow-files.ts';
import { answered, show } from './answers.ts';
import type { Given } from './command.ts';

/** Tries the flow of a file with messages, as JSON on a line each, and shows what becomes of them. 1 where one fails. */
export const tried = async (given: Given, file: string, messages: string): Promise<number> => {
  const [flow, other] = await flowsIn([file]);
  if (!flow || other) throw new AskingFailed(`"${file}" holds several flows: one at a time is tried`);
  const body = { flow: flow.document, messages: await messagesIn(messages) };
  const trial = Trial.parse(await answered(given, { method: 'POST', path: paths.try, body }));
  const rows = trial.components.map(({ id, in: came, out, nothing, failed, sentence }) => [
    id,
    came,
    Object.entries(out)
      .map(([port, count]) => `${port} ${count}`)
      .join(', '),
    nothing,
    failed,
    sentence ?? trial.steps.find(({ component, reason }) => component === id && reason !== undefined)?.reason,
  ]);
  show(given, trial, () => [['COMPONENT', 'IN', 'MADE', 'NOTHING', 'FAILED', 'WHY, FIRST OF ALL'], ...rows]);
  if (trial.sentence !== undefined) console.error(trial.sentence);
  return trial.components.some(({ failed, state }) => failed > 0 || state === 'broken') ? 1 : 0;
};

const messagesIn = async (file: string): Promise<TrialMessage[]> => {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AskingFailed(`"${file}" cannot be read: there is no such file`, { cause });
  });
  const lines = text.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [{ line, number: index + 1 }]));
  if (lines.length === 0) throw new AskingFailed(`there is no message in "${file}": write one as JSON on each line`);
  if (lines.length > mostTrialMessages)
    console.error(`the first ${mostTrialMessages} of ${lines.length} messages are tried`);
  return lines.slice(0, mostTrialMessages).map(({ line, number }) => {
    try {
      return { payload: JSON.parse(line) as unknown };
    } catch (cause) {
      throw new AskingFailed(`line ${number} of "${file}" is no JSON: write one message on each line`, { cause });
    }
  });
};
