import { useState } from 'react';
import { formatMoment, formatTime } from '../design/format.ts';
import { chartPath, placeOf, roundTop, timeTicks } from './chart-geometry.ts';
import styles from './history.module.css';
import type { Mark } from './marks.ts';

const [width, height] = [600, 130];
const dayMs = 86_400_000;

/** One line of a chart. */
export interface ChartLine {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

/** The time that a chart shows, in milliseconds since 1970, and the time from one value to the next. */
export interface ChartTime {
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
}

/** Numbers over time with their unit, as lines or as a table. Where nothing is known there is a gap. */
export const Chart = ({
  title,
  unit,
  lines,
  time,
  marks,
  format,
}: {
  title: string;
  unit: string;
  lines: readonly ChartLine[];
  time: ChartTime;
  marks: readonly Mark[];
  format: (value: number) => string;
}) => {
  const [isTable, setIsTable] = useState(false);
  const isEmpty = lines.every(({ values }) => values.every((value) => value === null));
  return (
    <section className={styles['chart']} aria-label={title}>
      <header>
        <h2>{title}</h2>
        <small>{unit}</small>
        <button type="button" onClick={() => setIsTable(!isTable)} aria-pressed={isTable}>
          Show as table
        </button>
      </header>
      {isEmpty ? <p className={styles['nothing']}>Nothing was noted in this time.</p> : null}
      {isEmpty ? null : isTable ? (
        <Table lines={lines} time={time} format={format} title={title} />
      ) : (
        <Lines lines={lines} time={time} marks={marks} format={format} title={title} />
      )}
    </section>
  );
};

const Lines = ({
  title,
  lines,
  time,
  marks,
  format,
}: {
  title: string;
  lines: readonly ChartLine[];
  time: ChartTime;
  marks: readonly Mark[];
  format: (value: number) => string;
}) => {
  const top = roundTop(lines.map(({ values }) => values));
  const isLong = time.to - time.from > dayMs;
  return (
    <>
      <div className={styles['plot']}>
        <span className={styles['top']}>{format(top)}</span>
        <svg
          viewBox={`0 0 ${width} ${height}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={inWords(title, lines, format)}
        >
          <path className={styles['grid']} d={`M0 0H${width}M0 ${height / 2}H${width}M0 ${height}H${width}`} />
          {marks.map(({ at, tone, sentence }) => {
            const place = placeOf(at, time);
            return place === undefined ? null : (
              <path key={`${at} ${sentence}`} data-mark={tone} d={`M${place * width} 0V${height}`}>
                <title>{`${formatMoment(new Date(at), new Date())} ${sentence}`}</title>
              </path>
            );
          })}
          {lines.map(({ name, values }, index) => (
            <path key={name} data-line={index % 6} d={chartPath(values, { width, height, top })} />
          ))}
        </svg>
        <div className={styles['ticks']} aria-hidden>
          {timeTicks(time.from, time.to).map((tick) => (
            <span key={tick} style={{ left: `${placeOf(tick, time)! * 100}%` }}>
              {isLong
                ? new Date(tick).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })
                : formatTime(tick)}
            </span>
          ))}
        </div>
      </div>
      <ul className={styles['legend']}>
        {lines.map(({ name, values }, index) => (
          <li key={name} data-line={index % 6}>
            {name}{' '}
            <b>
              {told(
                values.findLast((value) => value !== null),
                format,
              )}
            </b>
          </li>
        ))}
      </ul>
    </>
  );
};

const Table = ({
  title,
  lines,
  time,
  format,
}: {
  title: string;
  lines: readonly ChartLine[];
  time: ChartTime;
  format: (value: number) => string;
}) => (
  <div className={styles['table']} tabIndex={0} role="region" aria-label={`${title} as table`}>
    <table>
      <thead>
        <tr>
          <th scope="col">Time</th>
          {lines.map(({ name }) => (
            <th scope="col" key={name}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {(lines[0]?.values ?? []).map((_, index) => {
          const at = time.from + index * time.stepMs;
          return (
            <tr key={at}>
              <th scope="row">{formatMoment(new Date(at), new Date())}</th>
              {lines.map(({ name, values }) => (
                <td key={name}>{told(values[index], format)}</td>
              ))}
            </tr>
          );
        })}
      </tbody>
    </table>
  </div>
);

const told = (value: number | null | undefined, format: (value: number) => string): string =>
  value === null || value === undefined ? '–' : format(value);

/** What somebody hears who does not see it. */
const inWords = (title: string, lines: readonly ChartLine[], format: (value: number) => string): string =>
  `${title}: ${lines
    .map(({ name, values }) => {
      const known = values.filter((value) => value !== null);
      if (known.length === 0) return `${name} not known`;
      return `${name} between ${format(Math.min(...known))} and ${format(Math.max(...known))}, at last ${format(known.at(-1)!)}`;
    })
    .join('; ')}`;
