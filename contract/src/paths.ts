/** Every path that ui and server share. */
export const paths = {
  componentTypes: '/api/v1/component-types',
  flows: '/api/v1/flows',
  validate: '/api/v1/flows/validate',
  flow: (id: string) => `/api/v1/flows/${encodeURIComponent(id)}`,
  deploy: (id: string) => `${paths.flow(id)}/deploy`,
  start: (id: string) => `${paths.flow(id)}/start`,
  stop: (id: string) => `${paths.flow(id)}/stop`,
  status: (id: string) => `${paths.flow(id)}/status`,
  versions: (id: string) => `${paths.flow(id)}/versions`,
  version: (id: string, version: number) => `${paths.versions(id)}/${version}`,
  restore: (id: string) => `${paths.flow(id)}/restore`,
  inject: (id: string, component: string) => `${paths.flow(id)}/components/${encodeURIComponent(component)}/inject`,
  /** `from` and `to` are ends with their ports, such as `vehicle.out`. */
  tap: (id: string, from: string, to: string) =>
    `${paths.flow(id)}/connections/${encodeURIComponent(from)}/tap?to=${encodeURIComponent(to)}`,
  deadLetters: (id: string) => `${paths.flow(id)}/dead-letters`,
  deadLetter: (id: string, sequence: number) => `${paths.deadLetters(id)}/${sequence}`,
  resendDeadLetters: (id: string) => `${paths.deadLetters(id)}/resend`,
  flowLogs: (id: string) => `${paths.flow(id)}/logs`,
  logs: '/api/v1/logs',
  backup: '/api/v1/backup',
  backups: '/api/v1/backups',
  restoreKept: (name: string) => `${paths.backups}/${encodeURIComponent(name)}/restore`,
  restoreBackup: '/api/v1/restore',
  system: '/api/v1/system',
  health: '/health',
} as const;
