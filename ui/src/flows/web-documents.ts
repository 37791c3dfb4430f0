import type { FlowDocument } from '@semstreams/contract';
import { inARow } from './in-a-row.ts';

/** A webhook that keeps what it is sent; a simulated sender stands in for the service that would call it. */
export const webhookToFile: FlowDocument = {
  name: 'Webhook to file',
  description:
    'Takes what is sent to port 8090 by HTTP, answers when it is on disk, and keeps it in a file. The sender is simulated: take it out, and let your service call the address.',
  components: [
    { id: 'sender', type: 'simulator_input', name: 'Simulated orders', config: { rate: 2 } },
    {
      id: 'calls',
      type: 'http_output',
      name: 'Calls the webhook',
      config: { url: 'http://127.0.0.1:8090/orders' },
    },
    { id: 'webhook', type: 'http_input', name: 'Webhook', config: { port: 8090, path: '/orders' } },
    {
      id: 'orders',
      type: 'file_output',
      name: 'Orders',
      config: { path: 'orders.ndjson', max_size: '8MB', keep: 3 },
    },
  ],
  connections: [
    { from: 'sender', to: 'calls' },
    { from: 'webhook', to: 'orders', delivery: 'guaranteed' },
  ],
  layout: { ...inARow(['sender', 'calls'], 40), ...inARow(['webhook', 'orders'], 240) },
};

/** A web service that is asked again and again; this server's own health stands in for one. */
export const polledService: FlowDocument = {
  name: 'Polled web service',
  description:
    'Asks a web service every five seconds, and keeps what has changed since. It asks for the health of this server at its usual address; write that of your service.',
  components: [
    {
      id: 'service',
      type: 'http_poll_input',
      name: 'Web service',
      config: { url: 'http://127.0.0.1:8080/health', every: '5s', records: 'components', only: 'changed' },
    },
    {
      id: 'changes',
      type: 'file_output',
      name: 'Changes',
      config: { path: 'changes.ndjson', max_size: '8MB', keep: 3 },
    },
  ],
  connections: [{ from: 'service', to: 'changes' }],
  layout: inARow(['service', 'changes'], 120),
};

/** The state of the device itself, with a warning where it runs out of memory. */
export const deviceHealth: FlowDocument = {
  name: 'Device health',
  description:
    'Notes load, memory and disk of this device every ten seconds, and warns in the log when memory gets short.',
  components: [
    {
      id: 'timer',
      type: 'timer_input',
      name: 'Every ten seconds',
      config: {
        every: '10s',
        payload: {
          time: '{time}',
          host: '{device.host}',
          load: '{device.load_1m}',
          memory_free: '{device.memory_free}',
          disk_free: '{device.disk_free}',
          temperature: '{device.temperature_c}',
        },
      },
    },
    {
      id: 'health',
      type: 'file_output',
      name: 'Health',
      config: { path: 'device-health.ndjson', max_size: '8MB', keep: 3 },
    },
    {
      id: 'short',
      type: 'json_filter',
      name: 'Short of memory',
      config: { rules: [{ field: 'memory_free', operator: 'lt', value: 50_000_000 }] },
    },
    {
      id: 'warning',
      type: 'log_output',
      name: 'Warning',
      config: { text: '{host} is short of memory: {memory_free} bytes are free', level: 'warn', most_per_minute: 1 },
    },
  ],
  connections: [
    { from: 'timer', to: 'health' },
    { from: 'timer', to: 'short' },
    { from: 'short.out', to: 'warning' },
  ],
  layout: { ...inARow(['timer', 'health'], 40), short: { x: 340, y: 240 }, warning: { x: 680, y: 240 } },
};
