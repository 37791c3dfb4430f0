import type { Command } from './command.ts';

/** All that `semstreams` does, loaded when it is asked for: a health check needs nothing of the server. */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.ts')).serve,
  config: async () => (await import('./config.ts')).config,
  backup: async () => (await import('./backup.ts')).backup,
  restore: async () => (await import('./restore.ts')).restore,
  apply: async () => (await import('./apply.ts')).apply,
  flow: async () => (await import('./flow.ts')).flow,
  doctor: async () => (await import('./doctor.ts')).doctor,
  users: async () => (await import('./users.ts')).users,
  'take-over': async () => (await import('./take-over.ts')).takeOver,
  health: async () => (await import('./health.ts')).health,
  completion: async () => (await import('./completion.ts')).completionOf(commands),
};
