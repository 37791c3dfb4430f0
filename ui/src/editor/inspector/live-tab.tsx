import { type Component, type FarSide, farSides } from '@semstreams/contract';
import { formatNumber, formatRate, formatTimeToSecond } from '../../design/format.ts';
import { StateLabel } from '../../design/state-label.tsx';
import { notDeployed, states } from '../../design/states.ts';
import { useComponentStatus, useStaleSince } from '../../live/use-live.ts';
import { farLook } from '../../links/far-look.ts';
import { useEditor } from '../editor-context.ts';
import styles from './inspector.module.css';

/** What a component does now: numbers, what it gave up and why, and what its type tells beside. */
export const LiveTab = ({ component }: { component: Component }) => {
  const { id, types } = useEditor();
  const status = useComponentStatus(id, component.id);
  const staleSince = useStaleSince();
  const type = types.get(component.type);
  if (!status)
    return (
      <>
        <StateLabel look={notDeployed} />
        <p className={styles['help']}>Its numbers stand here once it is deployed.</p>
      </>
    );
  const numbers: readonly (readonly [string, string])[] = [
    ...(type?.category === 'input'
      ? []
      : [['In', `${formatRate(status.in_per_second)}, ${formatNumber(status.in_total)} in all`] as const]),
    ...(type?.category === 'output'
      ? []
      : [['Out', `${formatRate(status.out_per_second)}, ${formatNumber(status.out_total)} in all`] as const]),
    ['Waiting', formatNumber(status.waiting)],
    ['Errors', `${formatNumber(status.errors_total)}, ${formatNumber(status.errors_per_minute)} in the last minute`],
  ];
  const dropped = Object.entries(status.dropped);
  const facts = Object.entries(status.facts).filter(([name, value]) => name !== farSides && !isEmpty(value));
  return (
    <div className={styles['sections']}>
      <section>
        <StateLabel look={states[status.state]}>
          {states[status.state].word}
          {status.sentence ? `: ${status.sentence}` : ''}
        </StateLabel>
        {status.trouble === undefined ? null : <StateLabel look={states.degraded}>{status.trouble}</StateLabel>}
        {status.since ? <p className={styles['help']}>since {new Date(status.since).toLocaleString('en-GB')}</p> : null}
        {staleSince === undefined ? null : (
          <p className={styles['help']}>The line is down: these are the numbers of {formatTimeToSecond(staleSince)}.</p>
        )}
      </section>
      <section>
        <h3>Messages</h3>
        <Facts entries={numbers} />
      </section>
      {dropped.length > 0 ? (
        <section>
          <h3>Dropped</h3>
          {dropped.map(([reason, count]) => (
            <p key={reason} className={styles['drop']}>
              <b className="live-value">{formatNumber(count)}</b> {type?.drops[reason] ?? reason}
            </p>
          ))}
        </section>
      ) : null}
      <FarSides told={status.facts[farSides]} />
      {facts.length > 0 ? (
        <section>
          <h3>More</h3>
          <Facts entries={facts.map(([name, value]) => [inWords(name), shown(value, name)])} />
        </section>
      ) : null}
    </div>
  );
};

/** Who is at the other end of a link, in the words of the page of links. */
const FarSides = ({ told }: { told: unknown }) => {
  const fars = (told ?? []) as readonly FarSide[];
  if (fars.length === 0) return null;
  return (
    <section>
      <h3>Far sides</h3>
      {fars.map((far) => (
        <div key={far.name}>
          <StateLabel look={farLook(far)}>
            {farLook(far).word}: {far.name}
          </StateLabel>
          <p className={`${styles['help']} live-value`}>
            {[far.product, far.sentence, ...(far.delay_ms === undefined ? [] : [`delay ${far.delay_ms} ms`])]
              .filter((part) => part !== undefined)
              .join(', ')}
          </p>
        </div>
      ))}
    </section>
  );
};

const Facts = ({ entries }: { entries: readonly (readonly [string, string])[] }) => (
  <dl className={styles['facts']}>
    {entries.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd className="live-value">{value}</dd>
      </div>
    ))}
  </dl>
);

const inWords = (name: string): string => {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

const isEmpty = (value: unknown): boolean =>
  value === null || (typeof value === 'object' && Object.keys(value).length === 0);

/** Numbers that name something are not counted, so they are not grouped: port 19001 is no 19 001. */
const namesSomething = /(?:^|_)(?:port|id|version|sequence|system|pid)$/;
const asNumber = (value: number, name: string): string =>
  namesSomething.test(name) ? String(value) : formatNumber(value);

/** A fact of any shape in words: numbers as numbers, lists and objects entry by entry. */
const shown = (value: unknown, name = ''): string => {
  if (typeof value === 'number') return asNumber(value, name);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map((each) => shown(each, name)).join('\n');
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(
        ([key, inner]) => `${key}: ${typeof inner === 'object' && inner !== null ? inline(inner) : shown(inner, key)}`,
      )
      .join('\n');
  return String(value);
};

const inline = (value: object): string =>
  Object.entries(value)
    .map(
      ([key, inner]) =>
        `${key.replaceAll('_', ' ')} ${typeof inner === 'number' ? asNumber(inner, key) : String(inner)}`,
    )
    .join(', ');
