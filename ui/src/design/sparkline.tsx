import { sparklinePath } from './sparkline-path.ts';
import styles from './sparkline.module.css';

/** A small line without axes: how a number went of late. A gap where it is not known. Decoration beside the number. */
export const Sparkline = ({
  values,
  length,
  width = 96,
  height = 24,
  marks = [],
}: {
  values: readonly (number | undefined)[];
  length: number;
  width?: number;
  height?: number;
  /** Moments worth a line of their own, from 0 at the left to 1. */
  marks?: readonly number[];
}) => {
  const { line, area } = sparklinePath(values, { length, width, height: height - 2 });
  return (
    <svg
      className={styles['sparkline']}
      width={width}
      height={height}
      viewBox={`0 -1 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden
    >
      <path className={styles['area']} d={area} />
      {marks.map((mark) => (
        <path key={mark} className={styles['mark']} d={`M${mark * width} 0V${height - 2}`} />
      ))}
      <path className={styles['line']} d={line} />
    </svg>
  );
};
