import { type ComponentType, portsOf, portsWith, type Trial, type TriedComponent } from '@semstreams/contract';

/** What a card says of a trial, and whether it needs a look. */
export interface Told {
  readonly sentence: string;
  readonly tone: 'ok' | 'warn' | 'bad' | 'quiet';
}

/** What became of all messages at one component, such as "4 of 20 would pass". */
export const toldOf = (
  trial: Pick<Trial, 'at' | 'tried' | 'steps' | 'components'>,
  component: string,
  given: { readonly type: ComponentType | undefined; readonly config: unknown },
): Told | undefined => {
  const found = trial.components.find(({ id }) => id === component);
  if (!found) return undefined;
  const { state, in: came, failed } = found;
  if (state === 'broken') return { sentence: 'cannot be tried as it is', tone: 'bad' };
  if (given.type?.category === 'input') return ofInput(trial, component);
  if (came === 0) return { sentence: 'nothing would arrive', tone: 'warn' };
  if (given.type?.category === 'output') return { sentence: `${came} would be sent`, tone: 'ok' };
  if (failed > 0) return { sentence: `${failed} of ${came} would fail`, tone: 'bad' };
  return ofProcessor(trial, found, given.type ? portsOf(portsWith(given.type, given.config), 'output') : []);
};

const ofInput = ({ at, tried }: Pick<Trial, 'at' | 'tried'>, component: string): Told =>
  at.component === component
    ? { sentence: tried === 1 ? '1 message to try' : `${tried} messages to try`, tone: 'quiet' }
    : { sentence: 'is not opened', tone: 'quiet' };

const ofProcessor = (
  { steps }: Pick<Trial, 'steps'>,
  { id, in: came, out }: TriedComponent,
  ports: readonly string[],
): Told => {
  const [first = 'out'] = ports;
  if (ports.length > 2) return { sentence: ports.map((port) => `${port} ${out[port] ?? 0}`).join(' · '), tone: 'ok' };
  const passing = steps.filter(
    ({ component, given, made }) => component === id && given !== undefined && made.some(({ port }) => port === first),
  ).length;
  const made = out[first] ?? 0;
  if (passing < came && made <= came && passing === made)
    return { sentence: `${passing} of ${came} would pass`, tone: passing === 0 ? 'warn' : 'ok' };
  return made === came
    ? { sentence: came === 1 ? '1 would pass' : `all ${came} would pass`, tone: 'ok' }
    : { sentence: `${made} made of ${came}`, tone: made === 0 ? 'warn' : 'ok' };
};
