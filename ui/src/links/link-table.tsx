import type { FarSide, Link as LinkOfFlow } from '@semstreams/contract';
import { ArrowDownLeft, ArrowUpRight } from 'lucide-react';
import { Link } from 'react-router';
import { formatMoment, formatNumber } from '../design/format.ts';
import { StateLabel } from '../design/state-label.tsx';
import { states } from '../design/states.ts';
import { farLook } from './far-look.ts';
import styles from './links.module.css';

/** Each link with all who are at its other end. */
export const LinkTable = ({
  links,
  nameOf,
}: {
  links: readonly LinkOfFlow[];
  /** The name of a flow. */
  nameOf: (flow: string) => string;
}) => (
  <div className={styles['table']} tabIndex={0} role="region" aria-label="Links">
    <table>
      <thead>
        <tr>
          {['Link', 'Far side', 'State', 'Behind', 'Delay', 'Since'].map((heading) => (
            <th key={heading} scope="col">
              {heading}
            </th>
          ))}
        </tr>
      </thead>
      {links.map((link) => (
        <LinkRows key={`${link.flow} ${link.component}`} link={link} flowName={nameOf(link.flow)} />
      ))}
    </table>
  </div>
);

const LinkRows = ({ link, flowName }: { link: LinkOfFlow; flowName: string }) => {
  const { flow, component, direction, far_sides: fars } = link;
  const Arrow = direction === 'to' ? ArrowUpRight : ArrowDownLeft;
  const head = (
    <th scope="rowgroup" rowSpan={Math.max(1, fars.length)}>
      <Link to={`/flows/${flow}?component=${component}`}>{component}</Link>
      <small>
        <Arrow size={12} aria-hidden /> {direction === 'to' ? 'sends to' : 'receives from'} · {flowName}
      </small>
    </th>
  );
  return (
    <tbody>
      {fars.length === 0 ? (
        <tr>
          {head}
          <td>–</td>
          <td colSpan={4}>
            <span className="live-value">
              <StateLabel look={states[link.state]}>{link.sentence || states[link.state].word}</StateLabel>
            </span>
          </td>
        </tr>
      ) : (
        fars.map((far, index) => (
          <tr key={far.name}>
            {index === 0 ? head : null}
            <FarCells far={far} />
          </tr>
        ))
      )}
    </tbody>
  );
};

const FarCells = ({ far }: { far: FarSide }) => (
  <>
    <td>
      {far.name}
      <small>
        {far.product ?? (far.speaks === 'plain' ? 'plain WebSocket' : 'version not known while it is away')}
      </small>
    </td>
    <td>
      <span className="live-value">
        <StateLabel look={farLook(far)} />
      </span>
    </td>
    <td>
      <span className="live-value">{far.sentence}</span>
      {far.waiting === undefined ? null : (
        <small className="live-value">
          {formatNumber(far.waiting)} waiting{far.missed ? `, ${formatNumber(far.missed)} missed` : ''}
        </small>
      )}
    </td>
    <td className={styles['numeric']}>
      <span className="live-value">{far.delay_ms === undefined ? '–' : `${formatNumber(far.delay_ms)} ms`}</span>
    </td>
    <td className={styles['numeric']}>{far.since ? formatMoment(new Date(far.since), new Date()) : '–'}</td>
  </>
);
