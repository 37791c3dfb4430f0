/** What a problem is about, beyond its status. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** What it means, and what to do. */
  readonly means: string;
}

/**
 * All kinds of problems, by the name that their `type` ends with. The first one of a status is what stands for it where nothing
 * more special is said. A name once told is never given another meaning.
 */
export const problemKinds = {
  'wrong-request': {
    status: 400,
    title: 'Bad Request',
    means:
      'The address, a header or the body is not what this call takes. The findings name the place and the nearest right word: change it and send it again.',
  },
  'login-needed': {
    status: 401,
    title: 'Unauthorized',
    means: 'Nobody is logged in here, or the session or token is no longer good. Log in, or show a token.',
  },
  'not-allowed': {
    status: 403,
    title: 'Forbidden',
    means: 'Whoever asks may not do this, or not with this flow. Somebody with the role that the call needs may.',
  },
  'foreign-page': {
    status: 403,
    title: 'Request of another page',
    means:
      'The request comes from the page of another server, or was sent to a host name that this server does not know. The setting "allowed_hosts" lists those that it answers to.',
  },
  'not-found': {
    status: 404,
    title: 'Not Found',
    means: 'There is nothing of this name, or nothing at this address. Lists tell what there is.',
  },
  'other-method': {
    status: 405,
    title: 'Method Not Allowed',
    means: 'The address does not take this method. The header "Allow" says which it takes.',
  },
  'too-slow': {
    status: 408,
    title: 'Request Timeout',
    means: 'The request or its body came too slowly, and the connection was ended. Nothing was changed: send it again.',
  },
  conflict: {
    status: 409,
    title: 'Conflict',
    means: 'It cannot be done as things are now. The detail says what to do first.',
  },
  'would-lose-messages': {
    status: 409,
    title: 'Messages would be lost',
    means:
      'Messages wait, or receivers have places, in what would be no more. The findings say where and how many. Let them be delivered first, or say by "discard_waiting" that they may go.',
  },
  'changed-meanwhile': {
    status: 412,
    title: 'Precondition Failed',
    means:
      'It is not at the revision that "If-Match" names, or "If-None-Match" found something. Read it again, and build on that.',
  },
  'too-large': { status: 413, title: 'Payload Too Large', means: 'The body is larger than this call takes.' },
  'too-long-an-address': {
    status: 414,
    title: 'URI Too Long',
    means: 'A part of the address is longer than any name can be.',
  },
  'other-content': {
    status: 415,
    title: 'Unsupported Media Type',
    means: 'The body is of a type, a charset or a packing that this call does not take. The detail says what it takes.',
  },
  'no-such-range': {
    status: 416,
    title: 'Range Not Satisfiable',
    means: 'The file has no such part: ask for it without "Range".',
  },
  'other-expectation': {
    status: 417,
    title: 'Expectation Failed',
    means: 'Of "Expect" only "100-continue" is known. Leave it out, or send that.',
  },
  unusable: {
    status: 422,
    title: 'Unprocessable Entity',
    means: 'What was sent is understood and cannot be used as it is. The findings say where it is wrong.',
  },
  'key-used-before': {
    status: 422,
    title: 'Key used for something else',
    means: 'This "Idempotency-Key" came with another body before. Take a new key for a new request.',
  },
  'revision-needed': {
    status: 428,
    title: 'Precondition Required',
    means:
      'Something is there already. Say by "If-Match" which revision the change builds on: it is the ETag of the last answer.',
  },
  'too-often': {
    status: 429,
    title: 'Too Many Requests',
    means:
      'It was tried too often, or too many do it at the same time. Wait for as long as "Retry-After" says, where it is there.',
  },
  'too-large-a-head': {
    status: 431,
    title: 'Request Header Fields Too Large',
    means: 'Address and headers have more than 16 KB together.',
  },
  failed: {
    status: 500,
    title: 'Internal Server Error',
    means: 'Something went wrong inside. The log of the server says what.',
  },
  away: {
    status: 503,
    title: 'Service Unavailable',
    means: 'What it needs is away at this moment, such as NATS or a drive. Ask again after "Retry-After".',
  },
  'no-room': {
    status: 507,
    title: 'Insufficient Storage',
    means: 'The disk has no room for it. Make room, then try again.',
  },
} as const satisfies Readonly<Record<string, ProblemKind>>;
export type ProblemName = keyof typeof problemKinds;
export type ProblemStatus = (typeof problemKinds)[ProblemName]['status'];

/** Where a server shows what its problems mean; the `type` of each leads to its place there. */
export const problemPage = '/api/docs/problems';

export const problemType = (name: ProblemName): string => `${problemPage}#${name}`;

export const problemTypes: readonly string[] = (Object.keys(problemKinds) as ProblemName[]).map(problemType);
