import type { OpenAPIObject } from '@nestjs/swagger';
import type { RefusalStatus } from './calls.ts';

type Responses = NonNullable<NonNullable<OpenAPIObject['components']>['responses']>;
type Response = Responses[string];

interface Refusal {
  readonly name: string;
  readonly description: string;
  /** What such a problem may say. */
  readonly detail: string;
  readonly title: string;
  readonly headers?: readonly string[];
}

/** The problems that calls know, by status: the status is what programs go by. */
const refusals: Readonly<Record<RefusalStatus, Refusal>> = {
  401: {
    name: 'LoginNeeded',
    title: 'Unauthorized',
    description: 'Log in first, or show a token that is still good.',
    detail: 'log in first, or show a token as "Authorization: Bearer …"',
    headers: ['WWW-Authenticate'],
  },
  404: { name: 'NotFound', title: 'Not Found', description: 'It is not there.', detail: 'there is no flow "climb"' },
  409: {
    name: 'Conflict',
    title: 'Conflict',
    description: 'It cannot be done as things are now; the detail says what to do first.',
    detail: 'the flow "climb" runs; stop it before you delete it',
  },
  412: {
    name: 'Stale',
    title: 'Precondition Failed',
    description: 'Somebody changed it since: read it again.',
    detail: 'the flow "climb" was changed meanwhile: it is at revision 8 now',
  },
  415: {
    name: 'OtherContent',
    title: 'Unsupported Media Type',
    description: 'The body is of a type, a charset or a packing that is not understood.',
    detail: 'a body of this type is not understood: send "Content-Type: application/json"',
  },
  422: {
    name: 'Unusable',
    title: 'Unprocessable Entity',
    description: 'What was sent is understood and cannot be used as it is; the findings say where.',
    detail: 'the flow "climb" cannot be deployed as it is',
  },
  428: {
    name: 'RevisionNeeded',
    title: 'Precondition Required',
    description: 'Say by "If-Match" which revision the change builds on.',
    detail: 'say by "If-Match" which revision this builds on: it is the ETag of the last answer',
  },
  429: {
    name: 'TooOften',
    title: 'Too Many Requests',
    description: 'It was tried too often: wait for as long as the answer says.',
    detail: 'too many wrong passwords from here: try again in 8 s',
    headers: ['Retry-After'],
  },
  507: {
    name: 'NoRoom',
    title: 'Insufficient Storage',
    description: 'The disk has no room for it.',
    detail: 'the disk is full: make room, or restore without buffers',
  },
};

const always: Readonly<Record<'4XX' | '5XX' | 503, Refusal>> = {
  '4XX': {
    name: 'Refused',
    title: 'Bad Request',
    description:
      'The request is wrong: 400 what was asked for, 403 where it comes from or who asks, 408 too slow, 413 too large, 414 too long an address, 431 too large a head.',
    detail: 'there is no query parameter "limt" here: did you mean "limit"?',
  },
  503: {
    name: 'Away',
    title: 'Service Unavailable',
    description: 'Not at this moment, such as while NATS is away.',
    detail: 'NATS is away: it did not answer',
    headers: ['Retry-After'],
  },
  '5XX': {
    name: 'Failed',
    title: 'Internal Server Error',
    description: 'Something went wrong inside.',
    detail: 'something went wrong inside; the log of the server says what',
  },
};

const all = { ...refusals, ...always };

const responseOf = (status: string, { title, description, detail, headers = [] }: Refusal): Response => ({
  description,
  content: {
    'application/problem+json': {
      schema: { $ref: '#/components/schemas/Problem' },
      example: {
        type: 'about:blank',
        title,
        status: Number.parseInt(status.replace('XX', '00'), 10),
        detail,
        instance: '/api/v1/flows/climb',
      },
    },
  },
  ...(headers.length > 0
    ? { headers: Object.fromEntries(headers.map((name) => [name, { $ref: `#/components/headers/${name}` }])) }
    : {}),
});

/** All problems, to be referred to. */
export const refusalResponses: Responses = Object.fromEntries(
  Object.entries(all).map(([status, refusal]) => [refusal.name, responseOf(status, refusal)]),
);

/** The problems of a call, with those that every call has. */
export const refusalsOf = (own: readonly RefusalStatus[]): Responses =>
  Object.fromEntries(
    [...own, '4XX' as const, 503 as const, '5XX' as const].map((status) => [
      String(status),
      { $ref: `#/components/responses/${all[status].name}` },
    ]),
  );
