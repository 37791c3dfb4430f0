/** What is remembered over time of flows, their components and the server itself, with the unit of its values. */
export const historyFigures = {
  in: { unit: 'messages/s', title: 'Messages in' },
  out: { unit: 'messages/s', title: 'Messages out' },
  rejected: { unit: 'messages/s', title: 'Rejected' },
  failed: { unit: 'messages/s', title: 'Failed' },
  dropped: { unit: 'messages/s', title: 'Dropped' },
  waiting: { unit: 'messages', title: 'Waiting' },
  waiting_bytes: { unit: 'bytes', title: 'Storage of what waits' },
  oldest_waiting: { unit: 's', title: 'Oldest waiting' },
  latency_p50: { unit: 'ms', title: 'Latency, median' },
  latency_p95: { unit: 'ms', title: 'Latency, 95 of 100 below' },
  latency_p99: { unit: 'ms', title: 'Latency, 99 of 100 below' },
  dead_letters: { unit: 'messages', title: 'Dead letters' },
  running: { unit: '%', title: 'Part of the time that it ran' },
  cpu: { unit: '%', title: 'CPU, of one core' },
  memory: { unit: 'bytes', title: 'Memory' },
  disk_used: { unit: '%', title: 'Disk in use' },
} as const;
