/** Whether the full figures are asked for: `npm run test:faults -- --long`. */
export const isLong = process.env['FAULTS_FORM'] === 'long';

export const seed = Number(process.env['FAULTS_SEED'] ?? 1);

/** One figure for each form of the suite. */
export const inForm = <Value>({ short, long }: { readonly short: Value; readonly long: Value }): Value =>
  isLong ? long : short;

/** Figures for the person at the terminal; the documentation quotes them. */
export const figures = (test: string, values: Readonly<Record<string, unknown>>): void =>
  console.log(
    `${test}: ${Object.entries(values)
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(', ')}`,
  );
