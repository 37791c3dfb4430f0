import { z } from 'zod';
import { fieldPath } from '../../../component-kit/fields/fields.ts';
import { writer } from '../../../engine/field-path.ts';

const number = (title: string, description: string) => z.number().meta({ title, description });
const kind = <const Name extends string>(name: Name, title: string) =>
  z.literal(name).meta({ title, description: title });
const field = fieldPath.meta({
  title: 'Field',
  description: 'Field that gets the value.',
  widget: 'new_field',
  examples: ['speed'],
});

/** Where the value of one field comes from. */
export const Generator = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: kind('random_walk', 'Random walk'),
    field,
    start: number('Start', 'First value.').default(0),
    step: number('Largest step', 'Most that it changes from one message to the next.').default(1),
    min: number('Least', 'It never falls below.').default(-1e9),
    max: number('Most', 'It never rises above.').default(1e9),
  }),
  z.strictObject({
    kind: kind('sine', 'Sine'),
    field,
    mean: number('Mean', 'Value in the middle.').default(0),
    amplitude: number('Amplitude', 'How far it goes up and down.').default(1),
    period: z.number().positive().default(60).meta({ title: 'Period', description: 'Time of one round.', unit: 's' }),
  }),
  z.strictObject({
    kind: kind('counter', 'Counter'),
    field,
    start: number('Start', 'First value.').default(0),
    step: number('Step', 'What is added each time.').default(1),
  }),
  z.strictObject({
    kind: kind('circle', 'GPS track (circle)'),
    field: field.meta({ title: 'Field', description: 'Field that gets "lat" and "lon".', examples: ['position'] }),
    lat: z
      .number()
      .min(-85)
      .max(85)
      .default(53.17)
      .meta({ title: 'Latitude', description: 'Of the centre.', unit: '°' }),
    lon: z
      .number()
      .min(-180)
      .max(180)
      .default(5.41)
      .meta({ title: 'Longitude', description: 'Of the centre.', unit: '°' }),
    radius: z.number().positive().default(500).meta({ title: 'Radius', description: 'Of the circle.', unit: 'm' }),
    speed: z.number().positive().default(12).meta({ title: 'Speed', description: 'Along the circle.', unit: 'm/s' }),
  }),
  z.strictObject({
    kind: kind('choice', 'One of several'),
    field,
    values: z
      .array(z.union([z.string(), z.number(), z.boolean()]))
      .min(1)
      .max(1000)
      .meta({
        title: 'Values',
        description: 'One of them is taken at random.',
        examples: [['idle', 'busy']],
      }),
  }),
  z.strictObject({
    kind: kind('constant', 'Always the same'),
    field,
    value: z.json().meta({ title: 'Value', description: 'Any value.', widget: 'value' }),
  }),
  z.strictObject({ kind: kind('time', 'Present time'), field }),
]);
export type Generator = z.infer<typeof Generator>;

type Random = () => number;
/** The value at `seconds` after the start, in the message number `index`. */
type Value = (seconds: number, index: number, now: number) => unknown;

/** Metres per degree of latitude, on a sphere of the earth's mean radius of 6 371 km. */
const metresPerDegree = (Math.PI * 6_371_000) / 180;

const valueOf = (generator: Generator, random: Random): Value => {
  switch (generator.kind) {
    case 'random_walk': {
      let value = generator.start;
      return () => {
        const present = value;
        value = Math.min(generator.max, Math.max(generator.min, value + (random() * 2 - 1) * generator.step));
        return round(present, 3);
      };
    }
    case 'sine':
      return (seconds) =>
        round(generator.mean + generator.amplitude * Math.sin((2 * Math.PI * seconds) / generator.period), 3);
    case 'counter':
      return (_, index) => generator.start + index * generator.step;
    case 'circle': {
      const { lat, lon, radius, speed } = generator;
      return (seconds) => {
        const angle = (seconds * speed) / radius;
        const north = (radius * Math.cos(angle)) / metresPerDegree;
        const east = (radius * Math.sin(angle)) / (metresPerDegree * Math.cos((lat * Math.PI) / 180));
        return { lat: round(lat + north, 7), lon: round(lon + east, 7) };
      };
    }
    case 'choice':
      return () => generator.values[Math.floor(random() * generator.values.length)];
    case 'constant':
      return () => generator.value;
    case 'time':
      return (_, __, now) => new Date(now).toISOString();
  }
};

const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;

/** Makes the payloads of a simulated source, one after the other. */
export const simulate = (
  generators: readonly Generator[],
  random: Random,
): ((seconds: number, index: number, now: number) => unknown) => {
  const fields = generators.map((generator) => ({
    write: writer(generator.field),
    value: valueOf(generator, random),
  }));
  return (seconds, index, now) =>
    fields.reduce<unknown>((payload, { write, value }) => write(payload, value(seconds, index, now)), {});
};

/** Numbers from 0 to 1 that are the same for the same seed: mulberry32. */
export const seeded = (seed: number): Random => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** A believable vehicle: numbers move as soon as it is placed. */
export const vehicle: readonly z.input<typeof Generator>[] = [
  { kind: 'constant', field: 'vehicle', value: 'simulated-1' },
  { kind: 'counter', field: 'sequence' },
  { kind: 'time', field: 'time' },
  { kind: 'circle', field: 'position' },
  { kind: 'sine', field: 'altitude', mean: 60, amplitude: 40, period: 120 },
  { kind: 'random_walk', field: 'speed', start: 12, step: 0.4, min: 8, max: 16 },
  { kind: 'random_walk', field: 'battery', start: 87, step: 0.2, min: 20, max: 100 },
];
