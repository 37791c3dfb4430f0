interface Size {
  /** How many values fill the width; fewer stand at the right. */
  readonly length: number;
  readonly width: number;
  readonly height: number;
}

/**
 * SVG paths of a line through the values and of the area below it. The top is the largest value, the bottom is zero. A value
 * that stands alone is a dot.
 */
export const sparklinePath = (
  values: readonly (number | undefined)[],
  { length, width, height }: Size,
): { line: string; area: string } => {
  const most = Math.max(1e-9, ...values.map((value) => value ?? 0));
  const x = (index: number) => round((width * (length - values.length + index)) / Math.max(1, length - 1));
  const y = (value: number) => round(height - (height * value) / most);
  const runs = unbroken(values).map((run) => run.map(({ index, value }) => `${x(index)} ${y(value)}`));
  return {
    line: runs.map((points) => `M${points.join('L')}${points.length === 1 ? 'h0.1' : ''}`).join(''),
    area: runs
      .map((points) => `M${xOf(points[0]!)} ${height}L${points.join('L')}L${xOf(points.at(-1)!)} ${height}Z`)
      .join(''),
  };
};

const round = (value: number): number => Math.round(value * 10) / 10;
const xOf = (point: string): string => point.slice(0, point.indexOf(' '));

/** Stretches of values that are known, each value with its index. */
const unbroken = (values: readonly (number | undefined)[]): { index: number; value: number }[][] => {
  const runs: { index: number; value: number }[][] = [];
  values.forEach((value, index) => {
    if (value === undefined) return;
    if (index === 0 || values[index - 1] === undefined) runs.push([]);
    runs.at(-1)!.push({ index, value });
  });
  return runs;
};
