/** A subject that a login may not use, as the server says it. */
export interface Violation {
  readonly what: 'publish' | 'subscribe';
  readonly subject: string;
}

/** Which right a server says is missing; undefined where it says something else. */
export const violationIn = (text: string): Violation | undefined => {
  const found = /^permissions violation for (publish|subscription) to "([^"]*)"/i.exec(text);
  return found
    ? { what: found[1]!.toLowerCase() === 'publish' ? 'publish' : 'subscribe', subject: found[2]! }
    : undefined;
};

export const sentenceOfViolation = ({ what, subject }: Violation): string =>
  `this login may not ${what} to "${subject}": give it that right at the server`;

/** What a server means that ends a line with these words, for people, to stand behind its address. */
export const refusalIn = (text: string): string => {
  const known = sentences.find(([pattern]) => pattern.test(text));
  return known ? known[1] : `it says "${text.slice(0, 300)}"`;
};

const sentences: readonly (readonly [RegExp, string])[] = [
  [
    /^(authorization violation|authentication (failure|error))/i,
    'it does not let this login in: check the user and the password, the token or the credentials file',
  ],
  [/^authentication timeout/i, 'it waited in vain for a login'],
  [/^(user|account) authentication expired/i, 'the login has expired: get a new credentials file'],
  [/^(user|account) authentication revoked/i, 'the login was revoked: get a new credentials file'],
  [
    /^maximum (account active )?connections exceeded/i,
    'it has as many connections as it may have: raise its "max_connections"',
  ],
  [/^maximum subscriptions exceeded/i, 'this login has as many subscriptions as it may have'],
  [/^maximum payload/i, 'a message was larger than it takes: raise its "max_payload"'],
  [/^maximum control line/i, 'a subject was longer than it takes: raise its "max_control_line"'],
  [/^slow consumer/i, 'it gave this line up since messages were not read fast enough, and those that waited are lost'],
  [/^stale connection/i, 'it heard nothing for too long, and ended the line'],
  [/^secure connection/i, 'it speaks TLS alone: write "tls://"'],
  [/^server shutdown/i, 'it is being ended'],
  [
    /^parser error|^unknown protocol/i,
    'it does not understand what it is told: is it an old server, or something between that changes bytes?',
  ],
];
