import { type ComponentType, paths, type System } from '@semstreams/contract';
import { queryOptions } from '@tanstack/react-query';
import { request } from './request.ts';

export const systemQuery = queryOptions({
  queryKey: ['system'],
  queryFn: ({ signal }) => request<System>(paths.system, { signal }),
});

export const componentTypesQuery = queryOptions({
  queryKey: ['component-types'],
  queryFn: async ({ signal }) => (await request<{ items: ComponentType[] }>(paths.componentTypes, { signal })).items,
  staleTime: Number.POSITIVE_INFINITY,
});
