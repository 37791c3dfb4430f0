import type { Check } from './check.ts';
import { account } from './checks/account.ts';
import { configuration } from './checks/configuration.ts';
import { resources } from './checks/resources.ts';
import { running } from './checks/running.ts';
import { security } from './checks/security.ts';

/** The production checklist, as far as a program can go through it. */
export const checks: readonly Check[] = [...configuration, ...resources, ...security, ...account, ...running];

/** What no program on the device can see. */
export const reminders: readonly string[] = [
  'a firewall lets in the port of SemStreams and those of outputs alone: 4222 and 8222 of NATS stay closed',
  'container logs are rotated',
  'somebody is told when /health is not healthy',
  'a restore was tried',
];
