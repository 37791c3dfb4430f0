import { type Check, failed, passed, warning } from '../check.ts';

/** The account of an external NATS. */
export const account: readonly Check[] = [
  {
    id: 'nats_rights',
    title: 'Rights at NATS',
    run: ({ account }) => {
      if (!account) return passed('the own nats-server gives them all');
      if (account.problem !== undefined) return failed(account.problem, 'see docs/troubleshooting.md');
      return account.missing.length === 0
        ? passed('the login has all that are needed')
        : failed(account.missing.join('; '), 'see "An account of an external NATS" in docs/configuration.md');
    },
  },
  {
    id: 'nats_holder',
    title: 'Account at NATS',
    run: ({ account, instance }) => {
      if (!account) return passed('the own nats-server is used by this server alone');
      if (account.problem !== undefined || account.missing.length > 0)
        return warning('it cannot be seen who uses the account', 'see the line above');
      if (!account.holder) return passed('nobody uses the account at present');
      return account.holder.instance === instance
        ? passed(`this server: ${account.holder.name}`)
        : failed(
            `another server uses the account: ${account.holder.name}`,
            'give this one an account of its own, or stop the other one, or run "semstreams take-over" and start this one',
          );
    },
  },
];
