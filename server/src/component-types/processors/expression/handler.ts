/**
 * What evaluates an expression, in the sandbox, where JSONata has been loaded. It gives a list: of the result, of nothing, or of the
 * results where each is to be a message of its own.
 */
export const handlerOf = (expression: string, each: boolean): string => `(() => {
  'use strict';
  const { isArray } = Array;
  const evaluated = jsonata(${JSON.stringify(expression)});
  const isFunction = (value) =>
    typeof value === 'function' || (typeof value === 'object' && value !== null && (value._jsonata_lambda || value._jsonata_function));
  const finish = (result) => {
    if (isFunction(result)) throw new TypeError('it gives a function: call it, or give a value');
    if (result === undefined || result === null) return [];
    return ${each} && isArray(result) ? result.filter((one) => one !== null) : [result];
  };
  return ({ payload, headers }) => evaluated.evaluate(payload, { headers }).then(finish);
})()`;
