/** Numbers as the tables show them. */
export const whole = (value) =>
  Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ' ');
export const perSecond = (value) => `${whole(value)}/s`;
export const times = (value) => `${value.toFixed(value < 10 ? 2 : 1)} ×`;
export const milliseconds = (value) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
export const microseconds = (value) => `${value.toFixed(1)} µs`;
export const megabytes = (value) => `${value.toFixed(value < 10 ? 1 : 0)} MB`;
export const kilobytes = (value) => `${value.toFixed(1)} KB`;
export const percent = (share) => `${(share * 100).toFixed(1)} %`;
export const seconds = (value) => `${value.toFixed(2)} s`;

/** A claim that a ratio is at least, or at most, so much. */
export const atLeast = (ratio, bound) => ({ found: times(ratio), target: `≥ ${bound} ×`, isMet: ratio >= bound });
export const atMost = (ratio, bound) => ({ found: times(ratio), target: `≤ ${bound} ×`, isMet: ratio <= bound });
