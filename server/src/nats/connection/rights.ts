import { errors } from '@nats-io/transport-node';

/** The right that a login lacks, as a clause; undefined where `thrown` is something else. */
export const missingRight = (thrown: unknown): string | undefined => {
  for (let each: unknown = thrown; each instanceof Error; each = each.cause) {
    if (!(each instanceof errors.PermissionViolationError)) continue;
    const { operation, subject } = each;
    if (operation === 'subscription' && isInbox(subject))
      return `this login may not subscribe to "${subject}": name the prefix that it may use in "nats.inbox_prefix", or give it that right`;
    return `this login may not ${operation === 'publish' ? 'publish' : 'subscribe'} to "${subject}": give it that right, see docs/configuration.md`;
  }
  return undefined;
};

const isInbox = (subject: string): boolean => /inbox/i.test(subject);
