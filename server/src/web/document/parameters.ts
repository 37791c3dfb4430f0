type Json = Readonly<Record<string, unknown>>;

/** A parameter of a call as the document has it. */
export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly description?: string;
  readonly schema?: Json;
}

/** What stands in an address, by the part before it. */
const inPath: Readonly<Record<string, string>> = {
  'component-types/{type}': 'Name of the component type, such as `json_filter`.',
  'flows/{id}': 'Id of the flow.',
  'versions/{version}': 'Number of the version, as the list of versions has it.',
  'components/{component}': 'Id of the component in its flow.',
  'dead-letters/{sequence}': 'Number of the dead letter, as the list of them has it.',
  'connections/{from}': 'The output port that it comes from, as `component.port`.',
  'backups/{name}': 'Name of the kept backup, as the list of them has it.',
  'sessions/{id}': 'Id of the session, as the list of sessions has it.',
  'tokens/{id}': 'Id of the token, as the list of tokens has it; not the token itself.',
  'users/{name}': 'Name of the user.',
};

/**
 * The parameters of a call, each in words, with a schema that generated clients make a type of its own of: where it is a
 * named one with a word added, such as its default, that one in place of the reference.
 * @throws Error if a part of an address has no words
 */
export const parametersOf = (
  path: string,
  parameters: readonly Parameter[],
  schemas: Readonly<Record<string, unknown>>,
): Parameter[] =>
  parameters.map(({ schema, ...given }) => {
    const description = given.description ?? (given.in === 'path' ? wordsOf(path, given.name) : undefined);
    return {
      ...given,
      ...(description === undefined ? {} : { description }),
      ...(schema ? { schema: inPlace(schema, schemas) } : {}),
    };
  });

const wordsOf = (path: string, name: string): string => {
  const part = path.split('/').slice(0, path.split('/').indexOf(`{${name}}`) + 1);
  const words = inPath[part.slice(-2).join('/')];
  if (words === undefined) throw new Error(`say in parameters.ts what ${name} is in ${path}`);
  return words;
};

const inPlace = ({ allOf, ...rest }: Json, schemas: Readonly<Record<string, unknown>>): Json => {
  if (!Array.isArray(allOf) || allOf.length !== 1) return { ...rest, ...(allOf === undefined ? {} : { allOf }) };
  const name = String((allOf[0] as Json)['$ref'])
    .split('/')
    .at(-1)!;
  return { ...(schemas[name] as Json), ...rest };
};
