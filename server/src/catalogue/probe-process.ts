import { hideForPeople } from '../engine/without-secrets.ts';
import { sentenceOf } from '../engine/fault.ts';
import { loadDefinition, loadProbe } from './load-definition.ts';
import { limitTo } from '../reach/reach.ts';
import type { ProbeOrder } from './probe.ts';
import { resolvedConfig, secretsIn } from './secrets.ts';

/** A process of its own that tests one connection: it loads a client that the server does without, and may hang or crash. */
const say = (works: boolean, sentence: string): void => void process.send?.({ works, sentence });
process.on('uncaughtException', (thrown) => say(false, sentenceOf(thrown)));
process.once('message', (order: ProbeOrder) => void probe(order));

const probe = async ({ type, ownFile, config, secretsDir, reach, patienceMs }: ProbeOrder): Promise<void> => {
  limitTo(reach);
  let hide = (sentence: string): string => sentence;
  try {
    const definition = await loadDefinition(type, ownFile);
    const given = { secretsDir, component: type, schema: definition.config };
    hide = hideForPeople(secretsIn(config, given));
    const test = await loadProbe(definition);
    if (!test) throw new Error(`a "${type}" cannot be tested before it runs`);
    const resolved = resolvedConfig(definition.config, config, given);
    say(true, hide(await test({ config: resolved, signal: AbortSignal.timeout(patienceMs) })));
  } catch (thrown) {
    const isLate = thrown instanceof Error && (thrown.name === 'TimeoutError' || thrown.name === 'AbortError');
    say(false, hide(isLate ? `nobody has answered within ${patienceMs / 1000} s` : sentenceOf(thrown)));
  }
};
