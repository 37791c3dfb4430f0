import { HttpPort } from '../../../component-kit/http/http-port.ts';
import type { Route, RouteOwner } from '../../../component-kit/http/route.ts';
import { collect } from '../../../engine/collect.ts';
import { implement } from '../../../engine/component.ts';
import { httpInputDefinition } from './http-input.definition.ts';
import { Webhook } from './webhook.ts';

export const httpInput = implement(httpInputDefinition, ({ config, io, emit }) => {
  // what waits is bounded by the requests that wait
  const collection = collect({ emit, io, limit: Infinity, limitBytes: Infinity });
  const webhook = new Webhook(config, io, collection);
  let route: Route | undefined;
  const owner: RouteOwner = {
    take: (request, response) => webhook.take(request, response),
    stranger: () => io.drop('no_http'),
    failed: io.fail,
  };

  return {
    async open() {
      const { host, port, path } = config;
      route = io.adopt() as Route | undefined;
      route ??= await HttpPort.take(
        { dataDir: io.dataDir, host, port, tls: config },
        { path, who: `"${io.component}" of flow "${io.flow}"` },
      );
      route.handTo(owner);
    },
    async close() {
      const isParked = route !== undefined && io.park(route);
      route?.leave();
      await collection.drained();
      webhook.end();
      if (!isParked) await route?.end();
    },
    facts: () => ({
      listening: route?.port ?? null,
      requests: webhook.taken,
      waiting: webhook.waiting,
      refused: webhook.refused,
      ...(webhook.lastRefusal !== '' && { last_refusal: webhook.lastRefusal }),
      repeated: webhook.repeated,
    }),
  };
});
