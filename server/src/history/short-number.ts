/** Values are kept as multiples of this part of one. */
const parts = 10_000;
/** Numbers of parts below are exact. */
const exactBelow = 200;
/** From one power of ten to the next: 100, 101, … 200, 202, … 500, 505, … 1000. */
const perPower = 350;
const lowest = 100;

/** Stands where there is no value. */
export const noValue = 0;

/**
 * A value, not negative, as a whole number below 2^13 that grows with it, never 0. It is kept within half a percent, and as it is
 * where its third digit is round: what is never told finer compresses to a few bits.
 */
export const shortOf = (value: number): number => {
  const whole = Math.min(Math.max(0, Math.round(value * parts)), Number.MAX_SAFE_INTEGER);
  if (whole < exactBelow) return whole + 1;
  const power = Math.floor(Math.log10(whole)) - 2;
  const digits = whole / 10 ** power;
  const step = digits < 200 ? digits - 100 : digits < 500 ? 100 + (digits - 200) / 2 : 250 + (digits - 500) / 5;
  return lowest + perPower * power + Math.round(step) + 1;
};

/** The value of what `shortOf` has made; undefined for `noValue`. */
export const valueOf = (short: number): number | undefined => {
  if (short === noValue) return undefined;
  const code = short - 1;
  if (code < exactBelow) return code / parts;
  const power = Math.floor((code - lowest) / perPower);
  const step = (code - lowest) % perPower;
  const digits = step < 100 ? 100 + step : step < 250 ? 200 + (step - 100) * 2 : 500 + (step - 250) * 5;
  return (digits * 10 ** power) / parts;
};
