/** So many characters may what a script keeps take as JSON: it is written whole whenever it has changed. */
const mostState = 64 * 1024;

/**
 * What calls the script, in the sandbox. It is handed a message, and `state` as JSON where that is to be what it was before: at the
 * start, and after a message that failed. It gives one object: the results, and the state where it has changed.
 */
export const handler = `((json, list) => {
  'use strict';
  const { parse, stringify } = json;
  const { isArray } = list;
  if (typeof process !== 'function')
    throw new TypeError('there is no function "process" in it: write function process(message) { return message; }');
  let kept = '';
  const checked = (result) => {
    if (typeof result !== 'object' || result === null || !('payload' in result))
      throw new TypeError('process returned something without a payload: return the message, or { payload: ... }');
    for (const name in result)
      if (name !== 'payload' && name !== 'headers' && name !== 'time' && name !== 'id')
        throw new TypeError(\`"\${name}" would be lost: the fields of a message are in its payload, write message.payload.\${name}\`);
    return { payload: result.payload ?? null, headers: result.headers };
  };
  const finish = (made) => {
    const results = (made === undefined || made === null ? [] : isArray(made) ? made : [made]).map(checked);
    const now = stringify(globalThis.state);
    if (typeof now !== 'string' || now.length > ${mostState})
      throw new RangeError('"state" has to be JSON of at most ${mostState / 1024} KB');
    if (now === kept) return { results };
    kept = now;
    return { results, state: now };
  };
  return ({ state, ...message }) => {
    if (state !== undefined) {
      kept = state;
      globalThis.state = parse(state);
    }
    const made = process(message);
    return typeof made === 'object' && made !== null && typeof made.then === 'function' ? made.then(finish) : finish(made);
  };
})(JSON, Array)`;
