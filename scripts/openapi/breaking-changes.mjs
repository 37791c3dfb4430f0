/**
 * What of a newer document of the API breaks clients that were made for an older one, as sentences; none where nothing does.
 * Requests may not be narrowed, answers may not be poorer; what is added to answers breaks nobody.
 */
export const breakingChanges = (before, after) => {
  const found = [];
  for (const [path, operations] of Object.entries(before.paths))
    for (const [method, old] of Object.entries(operations)) {
      const place = `${method.toUpperCase()} ${path}`;
      const now = after.paths[path]?.[method];
      if (now === undefined) found.push(`${place} is gone`);
      else
        compareOperations({ place, before, after, say: (sentence) => found.push(`${place}: ${sentence}`) }, old, now);
    }
  return found;
};

const compareOperations = (context, old, now) => {
  if (old.operationId !== now.operationId) context.say(`it is called ${now.operationId}, and was ${old.operationId}`);
  compareParameters(context, old.parameters ?? [], now.parameters ?? []);
  if (now.requestBody?.required && !old.requestBody?.required) context.say('it needs a body now');
  compareContents(context, 'request', old.requestBody?.content, now.requestBody?.content);
  for (const [status, answer] of Object.entries(old.responses)) {
    if (Number(status) >= 400 || status.endsWith('XX')) continue;
    const other = now.responses[status];
    if (other === undefined) context.say(`it is not answered by ${status} any more`);
    else {
      for (const header of Object.keys(answer.headers ?? {}))
        if (other.headers?.[header] === undefined) context.say(`${status} has no header ${header} any more`);
      compareContents(context, 'answer', answer.content, other.content);
    }
  }
};

const compareParameters = (context, old, now) => {
  const find = (all, { name, in: where }) => all.find((each) => each.name === name && each.in === where);
  for (const parameter of old) {
    const other = find(now, parameter);
    if (other === undefined) context.say(`the parameter ${parameter.name} is gone`);
    else
      compareSchemas({ ...context, side: 'request', seen: new Set() }, parameter.name, parameter.schema, other.schema);
  }
  for (const parameter of now)
    if (parameter.required && !find(old, parameter)?.required) context.say(`it needs the parameter ${parameter.name}`);
};

const compareContents = (context, side, old = {}, now = {}) => {
  for (const [type, { schema }] of Object.entries(old)) {
    if (now[type] === undefined) context.say(`${type} is gone from its ${side}`);
    else compareSchemas({ ...context, side, seen: new Set() }, side, schema, now[type].schema);
  }
};

/** What may only grow in what is asked, or only shrink in it: bounds and formats. */
const lower = ['maximum', 'maxLength', 'maxItems'];
const higher = ['minimum', 'minLength', 'minItems'];

const compareSchemas = (context, place, givenOld, givenNow) => {
  const { before, after, side, seen, say } = context;
  const [old, now] = [resolved(before, givenOld), resolved(after, givenNow)];
  if (old === undefined || now === undefined) return;
  const pair = `${givenOld?.$ref} ${givenNow?.$ref}`;
  if (givenOld?.$ref !== undefined && seen.has(pair)) return;
  seen.add(pair);
  if (old.type !== now.type && !(side === 'request' && now.type === undefined))
    return say(`${place} is of type ${now.type}, and was ${old.type}`);
  if (side === 'request') compareRequestWords(say, place, old, now);
  const [oldRequired, nowRequired] = [new Set(old.required), new Set(now.required)];
  for (const [name, inner] of Object.entries(old.properties ?? {})) {
    const other = now.properties?.[name];
    if (other === undefined) say(`${place}.${name} is gone`);
    else {
      if (side === 'answer' && oldRequired.has(name) && !nowRequired.has(name)) say(`${place}.${name} may be left out`);
      compareSchemas(context, `${place}.${name}`, inner, other);
    }
  }
  if (side === 'request') for (const name of nowRequired) if (!oldRequired.has(name)) say(`${place}.${name} is needed`);
  compareSchemas(context, `${place}[]`, old.items, now.items);
  for (const key of ['anyOf', 'oneOf', 'allOf'])
    for (const [index, inner] of (old[key] ?? []).entries()) {
      if (now[key]?.[index] === undefined) say(`${place} has a choice less`);
      else compareSchemas(context, place, inner, now[key][index]);
    }
};

const compareRequestWords = (say, place, old, now) => {
  for (const word of now.enum ? (old.enum ?? []) : [])
    if (!now.enum.includes(word)) say(`${place} does not take ${word}`);
  if (now.enum && !old.enum) say(`${place} takes some values only`);
  if (now.pattern !== undefined && now.pattern !== old.pattern) say(`${place} has another pattern`);
  for (const key of lower) if (now[key] < (old[key] ?? Infinity)) say(`${place} has a lower ${key}`);
  for (const key of higher) if (now[key] > (old[key] ?? -Infinity)) say(`${place} has a higher ${key}`);
};

/** The schema that is meant; one with `allOf` of a single other is that one with words added. */
const resolved = (document, schema) => {
  if (schema?.$ref !== undefined)
    return resolved(document, document.components.schemas[schema.$ref.slice('#/components/schemas/'.length)]);
  if (schema?.allOf?.length !== 1) return schema;
  const { allOf, ...words } = schema;
  return { ...resolved(document, allOf[0]), ...words };
};
