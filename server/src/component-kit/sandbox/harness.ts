/**
 * What runs inside of a sandbox before anything else, as JavaScript. It takes what it needs of the language before others can change
 * it, and gives back a function: text in, text out.
 *
 * A number that no double holds comes as an object that counts as its double, and goes out digit for digit where it is handed on. `made`
 * is called with the number of the call and what is to go out, as JSON, or what was thrown.
 */
export const harness = `(mark, made, said) => {
  'use strict';
  const { parse, stringify } = JSON;
  const { then } = Promise.prototype;
  const { apply } = Reflect;
  const { isArray } = Array;
  const asText = String;
  class ExactNumber extends Number {
    #digits;
    constructor(digits) { super(digits); this.#digits = digits; }
    toString() { return this.#digits; }
    toJSON() { return mark + this.#digits; }
  }
  const revive = (_, value) =>
    typeof value === 'string' && value.length > mark.length && value.slice(0, mark.length) === mark
      ? new ExactNumber(value.slice(mark.length)) : value;
  const read = (text, hasMarks) => (hasMarks ? parse(text, revive) : parse(text));
  const told = (call, thrown) => {
    let sentence = 'something was thrown that says nothing of itself';
    let stack = '';
    try {
      if (typeof thrown === 'object' && thrown !== null) {
        sentence = asText('message' in thrown ? thrown.message : stringify(thrown));
        stack = asText(thrown.stack ?? '');
        if ('position' in thrown) stack = 'position ' + asText(thrown.position);
      } else sentence = asText(thrown);
    } catch {}
    made(call, false, sentence.slice(0, 1000), stack.slice(0, 2000));
  };
  const give = (call, results) => {
    try {
      const list = results === undefined || results === null ? [] : isArray(results) ? results : [results];
      made(call, true, stringify(list), '');
    } catch (thrown) { told(call, thrown); }
  };
  globalThis.console = Object.freeze(Object.fromEntries(['log', 'info', 'warn', 'error', 'debug'].map((name) => [name, (...words) => {
    said(words.map((word) => { try { return typeof word === 'string' ? word : stringify(word) ?? asText(word); } catch { return '?'; } }).join(' ').slice(0, 500));
  }])));
  return (call, handle, text, hasMarks) => {
    try {
      const results = handle(read(text, hasMarks));
      if (typeof results === 'object' && results !== null && typeof results.then === 'function') apply(then, results, [(all) => give(call, all), (thrown) => told(call, thrown)]);
      else give(call, results);
    } catch (thrown) { told(call, thrown); }
  };
}`;
