const login = 'it does not let us in: look at "username" and "password"';
const clientId = 'it does not take this client id: give another one as "client_id"';
const version = 'it does not speak this version of MQTT: set "protocol"';

/** What a broker of MQTT 3.1.1 says to a CONNECT: section 3.2.2.3. */
const ofOldBrokers: Readonly<Record<number, string>> = {
  1: version,
  2: clientId,
  3: 'it is not available now',
  4: login,
  5: login,
};

/** Reason codes of MQTT 5.0, section 2.4, in words; those that are no failure are left out. */
const words: Readonly<Record<number, string>> = {
  0x80: 'it gives no reason',
  0x81: 'it could not read what was sent',
  0x82: 'it says that we broke the protocol',
  0x83: 'it has a reason of its own',
  0x84: version,
  0x85: clientId,
  0x86: login,
  0x87: 'it does not allow it',
  0x88: 'it is not available now',
  0x89: 'it is busy',
  0x8a: 'it has banned this client',
  0x8b: 'it shuts down',
  0x8c: 'it wants another way to log in',
  0x8d: 'it has not heard of us for too long',
  0x8e: 'another client has connected with the same client id',
  0x8f: 'it takes no such topic to subscribe to',
  0x90: 'it takes no such topic',
  0x91: 'the number of a packet is in use',
  0x93: 'more came to it at once than it takes',
  0x94: 'it does not know an alias of a topic',
  0x95: 'the packet is larger than it takes',
  0x96: 'messages come too fast for it',
  0x97: 'a quota is used up there',
  0x98: 'an administrator has cut the line',
  0x99: 'the payload is not what it should be',
  0x9a: 'it keeps no retained messages: switch "retained" off',
  0x9b: 'it does not take this "qos"',
  0x9c: 'another server should be used now',
  0x9d: 'it has moved to another server',
  0x9e: 'it has no shared subscriptions',
  0x9f: 'connections come too fast for it',
  0xa0: 'the line was open for as long as it may',
  0xa1: 'it has no identifiers of subscriptions',
  0xa2: 'it has no wildcards in subscriptions',
};

export const takenOver = 0x8e;
export const unsupportedVersion: ReadonlySet<number> = new Set([0x01, 0x84]);

/** What a broker wrote itself, short and without what would break a line. */
const said = (reason: string | undefined): string => {
  const text = (reason ?? '')
    .replace(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, 200);
  return text === '' ? '' : ` (${text})`;
};

/** Why a broker refused something, for people: its code, its own words, and which server it names instead. */
export const refusalOf = (
  code: number,
  given: { readonly reasonString?: string | undefined; readonly serverReference?: string | undefined } = {},
): string => {
  const sentence = words[code] ?? `it answered ${code}`;
  const elsewhere = given.serverReference === undefined ? '' : `: ${said(given.serverReference).trim()}`;
  return `${sentence}${elsewhere}${said(given.reasonString)}`;
};

/** Why a broker did not let us in, for people. */
export const loginRefusalOf = (code: number, given: Parameters<typeof refusalOf>[1] = {}): string =>
  ofOldBrokers[code] ?? (code === 0x87 ? `${login}${said(given?.reasonString)}` : refusalOf(code, given));
