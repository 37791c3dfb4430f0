import { errors } from '@nats-io/transport-node';
import { NatsAway, refusalOf, saysNobody } from './nats-away.ts';
import { missingRight } from './rights.ts';

/** Why a try to connect did not succeed, for a person: what is wrong and where to look. */
export const connectionProblem = (thrown: unknown): string => {
  const right = missingRight(thrown);
  if (right !== undefined) return right;
  const refusal = refusalOf(thrown);
  if (refusal !== undefined && !(thrown as Error).message.startsWith('no suitable peers')) return refusal;
  if (saysNobody(thrown))
    return 'JetStream does not answer there: switch it on for this account, or name its domain in "nats.domain"';
  if (thrown instanceof NatsAway) return thrown.message.replace(/^NATS is away: /, '');
  const { message, code, cause } = thrown as NodeJS.ErrnoException;
  const inner = (cause as NodeJS.ErrnoException | undefined)?.code;
  if (thrown instanceof errors.AuthorizationError || thrown instanceof errors.UserAuthenticationExpiredError)
    return 'it does not accept this login; check "nats.user" and its password, the token or the key';
  if (thrown instanceof errors.TimeoutError)
    return 'it does not answer; where it wants a certificate of this server, name one in "nats.tls.cert_file"';
  if (/^(EACCES|EPERM)$/.test(code ?? '') && (thrown as NodeJS.ErrnoException).path !== undefined)
    return `the file "${(thrown as NodeJS.ErrnoException).path}" cannot be used by this user: give it the right to`;
  const known = reasons[code ?? ''] ?? reasons[inner ?? ''];
  if (known !== undefined) return known;
  if (/altnames|Hostname\/IP/.test(message))
    return `its certificate is for another name than the one in "nats.url" (${message})`;
  if (message.startsWith('no suitable peers'))
    return 'fewer of its servers take part in JetStream than "nats.replicas" wants; start those that are missing, and start one again that the others do not list ("nats server report jetstream")';
  if (message === 'connection refused') return 'nobody listens there';
  if (/does not support 'tls'/.test(message)) return 'it does not speak TLS; write "nats://" in "nats.url"';
  if (/SSL|certificate|tls/i.test(message))
    return `the TLS connection fails (${message}); check "nats.tls.cert_file" and "nats.tls.key_file"`;
  return message;
};

const untrusted = 'its certificate is not trusted; name its authority in "nats.tls.ca_file"';

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'it ends the connection at once; does it want TLS, with a certificate of this server?',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'its name cannot be looked up now',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ETIMEDOUT: 'it does not answer',
  CERT_HAS_EXPIRED: 'its certificate has expired; renew it, or set the clock of this device',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; set the clock of this device',
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
};
