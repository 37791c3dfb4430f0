/** The name and version of the protocol, as both sides negotiate it by `Sec-WebSocket-Protocol`. */
export const linkProtocol = 'semstreams.link.v1';
/** Asked for before that: many a server chooses the first that it is asked for, whatever it is, and then sends plain frames. */
export const plainProtocol = 'semstreams.plain.v1';

/** Why a side of a link closes the line, beside the codes of RFC 6455: the code, and what it says where nothing more is known. */
export const closes = {
  /** What waits cannot be read at present; registered at IANA as "Try Again Later". */
  later: 1013,
  /** A frame that is none, or came where it has no place. */
  badFrame: 4400,
  /** Nobody of this name, or with this certificate, may receive. */
  notAllowed: 4403,
  /** Both sides are senders, or both receivers. */
  wrongRole: 4406,
  /** Nothing was heard for longer than was promised. */
  silent: 4408,
  /** The same receiver has connected anew. */
  replaced: 4409,
  /** Another receiver of this name is connected. */
  nameInUse: 4410,
  /** No further receiver has a place. */
  noPlace: 4413,
} as const;

/** A line has to be closed, for a reason with a code and words. */
export class LinkClosed extends Error {
  override readonly name = 'LinkClosed';

  constructor(
    readonly code: number,
    sentence: string,
  ) {
    super(sentence);
  }
}
