const input = (protocol, port) =>
  protocol === 'udp'
    ? { id: 'vehicle', type: 'udp_input', config: { host: '127.0.0.1', port } }
    : { id: 'vehicle', type: 'tcp_input', config: { host: '127.0.0.1', port } };

/** The flow of the table: an input, a filter that passes four of five records, a map, and a WebSocket. */
export const liveFlow = ({ protocol = 'udp', port, webSocketPort, passThrough = 0, delivery = 'live' }) => {
  const components = [
    input(protocol, port),
    { id: 'enough', type: 'json_filter', config: { rules: [{ field: 'battery', operator: 'gte', value: 20 }] } },
    ...Array.from({ length: passThrough }, (_, index) => ({ id: `pass-${index}`, type: 'json_filter', config: {} })),
    {
      id: 'tidy',
      type: 'json_map',
      config: {
        steps: [
          { do: 'rename', from: 'vehicle', to: 'name' },
          { do: 'scale', field: 'speed', factor: 3.6 },
          { do: 'set', field: 'site', value: 'north' },
        ],
      },
    },
    { id: 'control-room', type: 'websocket_output', config: { host: '127.0.0.1', port: webSocketPort } },
  ];
  const connections = components.slice(1).map(({ id }, index) => ({
    from: `${components[index].id}.out`,
    to: `${id}.in`,
    delivery: index === components.length - 2 ? delivery : 'live',
  }));
  return { id: 'live', name: 'Live', components, connections };
};

/** The input and the output of the table with a filter between them. */
export const broadcastFlow = ({ port, webSocketPort }) => ({
  id: 'live',
  name: 'Broadcast',
  components: [
    input('udp', port),
    { id: 'enough', type: 'json_filter', config: { rules: [{ field: 'battery', operator: 'gte', value: 20 }] } },
    { id: 'everyone', type: 'websocket_output', config: { host: '127.0.0.1', port: webSocketPort } },
  ],
  connections: [
    { from: 'vehicle.out', to: 'enough.in' },
    { from: 'enough.out', to: 'everyone.in', delivery: 'live' },
  ],
});

/** A stream that so many filters look at; one of them passes four of five records, the others none. */
export const rulesFlow = ({ port, webSocketPort, rules }) => {
  const filters = Array.from({ length: rules }, (_, index) => ({
    id: `rule-${index}`,
    type: 'json_filter',
    config: {
      rules: [
        index === 0
          ? { field: 'battery', operator: 'gte', value: 20 }
          : { field: 'speed', operator: 'gt', value: 20 + index },
      ],
    },
  }));
  const output = { id: 'alarm', type: 'websocket_output', config: { host: '127.0.0.1', port: webSocketPort } };
  return {
    id: 'rules',
    name: 'Rules',
    components: [input('udp', port), ...filters, output],
    connections: filters.flatMap(({ id }) => [
      { from: 'vehicle.out', to: `${id}.in` },
      { from: `${id}.out`, to: 'alarm.in', delivery: 'live' },
    ]),
  };
};

/** Five components that wait for what never comes, on free ports. */
export const idleFlow = (id) => {
  const components = [
    input('udp', 0),
    { id: 'enough', type: 'json_filter', config: { rules: [{ field: 'battery', operator: 'gte', value: 20 }] } },
    { id: 'tidy', type: 'json_map', config: { steps: [{ do: 'scale', field: 'speed', factor: 3.6 }] } },
    { id: 'fast', type: 'json_filter', config: { rules: [{ field: 'speed', operator: 'gt', value: 30 }] } },
    { id: 'control-room', type: 'websocket_output', config: { host: '127.0.0.1', port: 0 } },
  ];
  const connections = components
    .slice(1)
    .map((component, index) => ({ from: `${components[index].id}.out`, to: `${component.id}.in`, delivery: 'live' }));
  return { id, name: id, components, connections };
};
