/**
 * The types of a client in TypeScript, made from the document of the API: every schema by its name, and every call by its
 * `operationId` with what it takes and what it answers.
 */
export const clientTypes = (document) => {
  const calls = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  return `/** Made from docs/reference/openapi.json by scripts/openapi/typescript-client.mjs: change those. */

export interface Schemas {
${Object.entries(document.components.schemas)
  .map(([name, schema]) => `  ${name}: ${typeOf(schema)};\n`)
  .join('')}}

/** What each call takes and answers. */
export interface Calls {
${calls.map(({ operation }) => `  ${commentOf(operation)}${operation.operationId}: ${callOf(operation)};\n`).join('')}}

/** Where each call leads. */
export const calls = {
${calls.map(({ method, path, operation }) => `  ${operation.operationId}: ['${method}', '${path}'],\n`).join('')}} as const satisfies Record<keyof Calls, readonly [string, string]>;
`;
};

const commentOf = ({ summary }) => `/** ${summary.replaceAll('*/', '* /')} */\n  `;

const callOf = ({ parameters = [], requestBody, responses }) => {
  const group = (place) => {
    const own = parameters.filter((each) => each.in === place);
    if (own.length === 0) return '';
    const needed = own.some(({ required }) => required);
    return `${place}${needed ? '' : '?'}: { ${own.map((each) => member(each.name, each.schema, each.required)).join(' ')} }; `;
  };
  const body = requestBody ? `body${requestBody.required ? '' : '?'}: ${contentOf(requestBody.content)}; ` : '';
  const answers = Object.entries(responses).filter(([status]) => Number(status) < 400);
  const types = new Set(answers.map(([, { content }]) => (content ? contentOf(content) : 'undefined')));
  return `{ given: { ${group('path')}${group('query')}${group('header')}${body}}; answer: ${[...types].join(' | ')} }`;
};

const contentOf = (content) => {
  const types = Object.entries(content).map(([type, { schema }]) =>
    type === 'application/json'
      ? typeOf(schema)
      : type.startsWith('text/') || type.endsWith('yaml')
        ? 'string'
        : 'Blob',
  );
  return [...new Set(types)].join(' | ');
};

const member = (name, schema, isRequired) => `${JSON.stringify(name)}${isRequired ? '' : '?'}: ${typeOf(schema)};`;

const typeOf = (schema) => {
  if (schema === undefined || schema === true) return 'unknown';
  if (schema.$ref !== undefined) return `Schemas['${schema.$ref.split('/').at(-1)}']`;
  if (schema.enum !== undefined) return schema.enum.map((word) => JSON.stringify(word)).join(' | ');
  if (schema.anyOf !== undefined || schema.oneOf !== undefined)
    return `(${(schema.anyOf ?? schema.oneOf).map(typeOf).join(' | ')})`;
  if (schema.allOf !== undefined && schema.type === undefined) return `(${schema.allOf.map(typeOf).join(' & ')})`;
  switch (schema.type) {
    case 'string':
      return 'string';
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'array':
      return `(${typeOf(schema.items)})[]`;
    case 'object':
      return objectOf(schema);
    default:
      return 'unknown';
  }
};

const objectOf = ({ properties = {}, required = [], additionalProperties }) => {
  const members = Object.entries(properties).map(([name, inner]) => member(name, inner, required.includes(name)));
  if (members.length > 0) return `{ ${members.join(' ')} }`;
  return `Record<string, ${typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'unknown'}>`;
};
