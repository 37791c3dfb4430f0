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
  system: '/api/v1/system',
  health: '/health',
} as const;
