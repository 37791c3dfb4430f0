import fc from 'fast-check';

/** As much of a schema of OpenAPI 3.0 as our document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly format?: string;
}
export type Schemas = Readonly<Record<string, Schema>>;

/** Texts that something may stumble over. */
const odd = fc.constantFrom(
  '',
  ' ',
  '0x10',
  '1e0',
  '-1',
  'null',
  '__proto__',
  '../x',
  '%00',
  'ä'.repeat(50),
  '\u0000',
  '{}',
);

/** Values that fit a schema, mostly; now and then anything else. */
export const valuesOf = (schema: Schema, schemas: Schemas, depth = 0): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 12, arbitrary: fitting(schema, schemas, depth) }, { weight: 1, arbitrary: fc.jsonValue() });

/** Words for an address or a head that fit a schema, mostly. */
export const wordsOf = (schema: Schema, schemas: Schemas): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 5, arbitrary: fitting(schema, schemas, 0).map(String) },
    { weight: 1, arbitrary: odd },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  );

const deepest = 5;
const mostItems = 3;

const fitting = (schema: Schema, schemas: Schemas, depth: number): fc.Arbitrary<unknown> => {
  const inner = (each: Schema) => valuesOf(each, schemas, depth + 1);
  if (depth > deepest) return fc.constant(null);
  if (schema.$ref !== undefined) return fitting(schemas[schema.$ref.split('/').at(-1)!]!, schemas, depth);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const [choice] = [schema.anyOf ?? schema.allOf];
  if (choice) return fc.oneof(...choice.map((each) => fitting(each, schemas, depth)));
  switch (schema.type) {
    case 'string':
      return textsOf(schema);
    case 'integer':
      return fc.integer({ min: Math.max(schema.minimum ?? -9, -9), max: Math.min(schema.maximum ?? 2000, 2000) });
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(inner(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.max(schema.minItems ?? 0, mostItems),
      });
    case 'object':
      return objectsOf(schema, inner);
    default:
      return fc.jsonValue();
  }
};

const textsOf = ({ format, pattern, minLength = 0, maxLength = 60 }: Schema): fc.Arbitrary<string> => {
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((time) => time.toISOString());
  return pattern === undefined
    ? fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 60) })
    : fc.stringMatching(new RegExp(pattern)).map((text) => text.slice(0, Math.min(maxLength, 60)));
};

const objectsOf = (
  { properties = {}, required = [], additionalProperties }: Schema,
  inner: (schema: Schema) => fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> => {
  const known = fc.record(Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, inner(each)])), {
    requiredKeys: [...required],
  });
  if (typeof additionalProperties !== 'object') return known;
  const more = fc.dictionary(fc.string({ maxLength: 12 }), inner(additionalProperties), { maxKeys: mostItems });
  return fc.tuple(known, more).map(([named, others]) => ({ ...others, ...named }));
};
