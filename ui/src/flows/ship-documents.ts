import type { FlowDocument } from '@semstreams/contract';
import { inARow } from './in-a-row.ts';

/** Where ships are, from a recording of an AIS receiver in a harbour that is replayed again and again. */
export const aisShips: FlowDocument = {
  name: 'AIS ships',
  description:
    'Keeps where each ship is, every ten seconds. A recording from a harbour is replayed again and again; choose UDP or TCP for a real receiver.',
  components: [
    {
      id: 'receiver',
      type: 'nmea_input',
      name: 'AIS receiver',
      config: { source: 'file', path: 'recordings/harbour-gofree.nmea.gz', loop: true, sentences: ['VDM'] },
    },
    {
      id: 'positions',
      type: 'json_filter',
      name: 'Positions',
      config: {
        rules: [
          { field: 'latitude', operator: 'exists' },
          { field: 'mmsi', operator: 'exists' },
        ],
      },
    },
    {
      id: 'each-ship',
      type: 'throttle',
      name: 'Each ship every ten seconds',
      config: { per: '10s', by: ['mmsi'] },
    },
    {
      id: 'ships',
      type: 'file_output',
      name: 'Ships',
      config: { path: 'ships.ndjson', max_size: '8MB', keep: 3 },
    },
  ],
  connections: [
    { from: 'receiver', to: 'positions' },
    { from: 'positions.out', to: 'each-ship' },
    { from: 'each-ship.out', to: 'ships' },
  ],
  layout: inARow(['receiver', 'positions', 'each-ship', 'ships'], 120),
};
