/** How values lie in a chart. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  /** The value at the top; the bottom is zero. */
  readonly top: number;
}

type Values = readonly (number | null)[];

/** A round number at or above the largest value. */
export const roundTop = (series: readonly Values[], least = 1): number => {
  const most = Math.max(least, ...series.flatMap((values) => values.map((value) => value ?? 0)));
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((part) => part * power).find((top) => top >= most)!;
};

/** An SVG path through the values, which fill the width; broken where nothing is known. One that stands alone is a dot. */
export const chartPath = (values: Values, { width, height, top }: Frame): string => {
  const x = (index: number): number => round((width * (index + 0.5)) / values.length);
  let path = '';
  values.forEach((value, index) => {
    if (value === null) return;
    const isFirst = index === 0 || values[index - 1] === null;
    const isLast = index === values.length - 1 || values[index + 1] === null;
    path += `${isFirst ? 'M' : 'L'}${x(index)} ${round(height - (height * Math.min(value, top)) / top)}`;
    if (isFirst && isLast) path += 'h0.1';
  });
  return path;
};

const round = (value: number): number => Math.round(value * 10) / 10;

/** Where a moment lies, from 0 to 1; undefined where it is outside of the chart. */
export const placeOf = (
  moment: number,
  { from, to }: { readonly from: number; readonly to: number },
): number | undefined => (moment < from || moment > to ? undefined : (moment - from) / (to - from));

const minuteMs = 60_000;
const stepsOfTime = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7200, 14_400, 43_200].map(
  (minutes) => minutes * minuteMs,
);

/** Round moments of the local clock between two times, about five of them. */
export const timeTicks = (from: number, to: number): number[] => {
  const step = stepsOfTime.find((each) => (to - from) / each <= 6) ?? stepsOfTime.at(-1)!;
  const offset = new Date(from).getTimezoneOffset() * minuteMs;
  const ticks: number[] = [];
  for (let tick = Math.ceil((from - offset) / step) * step + offset; tick <= to; tick += step) ticks.push(tick);
  return ticks;
};
