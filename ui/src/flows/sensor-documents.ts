import type { FlowDocument } from '@semstreams/contract';
import { inARow } from './in-a-row.ts';

/** Three simulated rooms, which become too warm twice a minute. */
export const roomSensors = {
  rate: 10,
  fields: [
    { kind: 'choice', field: 'room', values: ['hall', 'office', 'store'] },
    { kind: 'sine', field: 'temperature', mean: 21, amplitude: 4, period: 30 },
    { kind: 'time', field: 'time' },
  ],
};

/** Sensors that are watched: an alert that begins and ends, and the means of each room; the sensors are simulated. */
export const sensorsWithAlert: FlowDocument = {
  name: 'Sensors with alert',
  description:
    'Tells when a room has been above 22 °C for two seconds, and when it is below 21 °C again; the means of each room are kept every ten seconds. The sensors are simulated.',
  components: [
    {
      id: 'sensors',
      type: 'simulator_input',
      name: 'Room sensors',
      config: roomSensors,
    },
    {
      id: 'too-warm',
      type: 'rule',
      name: 'Too warm',
      config: {
        rules: [{ field: 'temperature', operator: 'gt', value: 22 }],
        until: [{ field: 'temperature', operator: 'lt', value: 21 }],
        hold: '2s',
        by: ['room'],
      },
    },
    {
      id: 'alerts',
      type: 'file_output',
      name: 'Alerts',
      config: { path: 'alerts.ndjson', max_size: '8MB', keep: 3 },
    },
    {
      id: 'means',
      type: 'aggregate',
      name: 'Means',
      config: {
        size: '10s',
        by: ['room'],
        results: [{ calculate: 'mean', field: 'temperature' }, { calculate: 'count' }],
      },
    },
    {
      id: 'kept',
      type: 'file_output',
      name: 'Kept means',
      config: { path: 'means.ndjson', max_size: '8MB', keep: 3 },
    },
  ],
  connections: [
    { from: 'sensors', to: 'too-warm' },
    { from: 'too-warm.out', to: 'alerts' },
    { from: 'sensors', to: 'means' },
    { from: 'means', to: 'kept' },
  ],
  layout: { ...inARow(['sensors', 'too-warm', 'alerts'], 40), means: { x: 340, y: 240 }, kept: { x: 680, y: 240 } },
};
