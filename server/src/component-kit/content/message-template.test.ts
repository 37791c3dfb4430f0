import { expect, it } from 'vitest';
import { readJson } from '../../engine/exact-number.ts';
import { Message } from '../../engine/message.ts';
import { messageTemplateProblem, parseMessageTemplate } from './message-template.ts';

const message = new Message(
  readJson('{"site":"north","no":7,"deep":{"on":true,"list":[1]},"large":12345678901234567890,"empty":"","pm2.5":3}'),
  0,
  'test',
  1,
  { topic: 'a/b', 'content-type': 'text' },
);

it.each([
  ['plain', 'plain'],
  ['', ''],
  ['s/{site}/{no}', 's/north/7'],
  ['{ site }', 'north'],
  ['{deep.on}-{deep.list[0]}', 'true-1'],
  ['{@header.topic}!', 'a/b!'],
  ['{@header["content-type"]}', 'text'],
  ['{large}', '12345678901234567890'],
  ['{pm2.5}', '3'],
  ['{{site}}', '{site}'],
  ['{{{site}}}', '{north}'],
])('%j becomes %j', (template, text) => expect(parseMessageTemplate(template).write(message)).toBe(text));

it.each([
  ['{nowhere}', 'the field "nowhere" is missing, and its value is needed'],
  ['{@header.nowhere}', 'the field "@header.nowhere" is missing, and its value is needed'],
  ['{empty}', 'the field "empty" is empty, and its value is needed'],
  ['{deep}', 'the field "deep" is no single value, and its value is needed'],
  ['{deep.list}', 'the field "deep.list" is no single value, and its value is needed'],
])('of %j it says %j', (template, sentence) =>
  expect(() => parseMessageTemplate(template).write(message)).toThrow(sentence),
);

it.each([
  ['{site', 'a brace has no other one'],
  ['site}', 'a brace has no other one'],
  ['{}', '"{}" names no field'],
  ['{a..b}', 'is no path'],
  ['{__proto__}', 'may not stand in a path'],
])('%j is no template: %s', (template, sentence) => expect(messageTemplateProblem(template)).toContain(sentence));
