import { duration, size } from '@semstreams/contract';
import { z } from 'zod';
import { networkEntryProblem } from '../reach/address-problem.ts';

const networkEntry = z.string().superRefine((entry, context) => {
  const message = networkEntryProblem(entry);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

/** Every setting, with its default and its description: the reference page and the environment variables come from here. */
export const SettingsSchema = z.strictObject({
  name: z.string().default('').meta({ description: 'What this instance is called. The host name where it is empty.' }),
  host: z.string().min(1).default('127.0.0.1').meta({ description: 'Address of the interface to listen on.' }),
  port: z.int().min(0).max(65_535).default(8080).meta({ description: 'Port of ui, REST, health and metrics.' }),
  allowed_hosts: z.array(z.string()).default([]).meta({
    description: 'Further host names under which browsers may reach this server, for one behind a proxy.',
    reload: true,
  }),
  login: z.enum(['auto', 'always']).default('auto').meta({
    description:
      'Who has to log in: everybody with `always`. With `auto` nobody while the server listens on this machine alone (`host`) and has no users; everybody otherwise.',
  }),
  admin_password: z.string().default('').meta({
    description:
      'Password of the first administrator, `admin`, where a login is needed and there are no users yet. Where it is empty one is made, and written to a file of the data folder that the log names.',
    secret: true,
  }),
  data_dir: z.string().min(1).default('./data').meta({ description: 'Folder for all that is kept.' }),
  flows_dir: z
    .string()
    .default('')
    .meta({ description: 'Folder of flow files that are imported and deployed at start.' }),
  components_dir: z
    .string()
    .default('')
    .meta({ description: 'Folder of component types of your own, `*.mjs`. They run with all rights of the server.' }),
  secrets_dir: z.string().default('/run/secrets').meta({
    description:
      'Folder with one file per secret: for `${SECRET_NAME}` in flows, and for settings, such as `nats_password`.',
  }),
  secrets: z
    .strictObject({
      variables: z
        .array(z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'write the name of a variable, such as "FEED_KEY"'))
        .default([])
        .meta({
          description:
            'Variables of the environment that flows may use as secrets, beside those whose names begin with `FLOW_`. No other variable is within their reach.',
        }),
    })
    .prefault({}),
  shutdown_timeout: duration.prefault('10s').meta({ description: 'How long flows may drain when the server stops.' }),
  log_level: z
    .enum(['debug', 'info', 'warn', 'error'])
    .default('info')
    .meta({ description: 'The least that is logged.', reload: true }),
  log_format: z
    .enum(['auto', 'json', 'pretty'])
    .default('auto')
    .meta({ description: '`auto` is `pretty` on a terminal and `json` elsewhere.' }),
  metrics: z
    .strictObject({
      enabled: z.boolean().default(true).meta({ description: 'Whether Prometheus metrics are served.', reload: true }),
      port: z
        .int()
        .optional()
        .meta({ description: 'For configs that name it: metrics are served on `port`, so it must be the same.' }),
      path: z.string().startsWith('/').default('/metrics').meta({ description: 'Path of the metrics.' }),
    })
    .prefault({}),
  tls: z
    .strictObject({
      enabled: z.boolean().default(false).meta({ description: 'Whether ui, REST and live data are served by TLS.' }),
      cert_file: z.string().default('').meta({
        description: 'Certificate with the chain behind it, PEM. Taken anew when the file changes.',
        reload: true,
      }),
      key_file: z
        .string()
        .default('')
        .meta({ description: 'Its private key, PEM. Taken anew when the file changes.', reload: true }),
      hsts: duration.prefault('24h').meta({
        description:
          'How long browsers that came by TLS insist on it (HSTS), for every port of this host name; `0s` does not ask for it.',
      }),
    })
    .prefault({}),
  lanes: z
    .strictObject({
      memory_limit: size.prefault('256MB').meta({
        description:
          'Heap that one lane may have. All in all it may hold half as much again and 128 MB; one that holds more is ended.',
      }),
      stall_timeout: duration.prefault('1s').meta({
        description:
          'CPU time that a flow may spend without coming back, before its lane is ended; twice as long where it waits and spends none.',
      }),
      most_unclean_ends: z.int().min(1).default(5).meta({
        description: 'A flow that has brought its lane down so often in a row stays stopped until it is started again.',
      }),
    })
    .prefault({}),
  nats: z
    .strictObject({
      url: z.string().default('').meta({
        description:
          'An external NATS, such as `nats://nats:4222` or `tls://…`, or several with commas. Where it is empty the server runs its own.',
      }),
      user: z.string().default('').meta({ description: 'User at the external NATS.' }),
      password: z.string().default('').meta({ description: 'Password at the external NATS.', secret: true }),
      token: z.string().default('').meta({ description: 'Token at the external NATS.', secret: true }),
      nkey_file: z
        .string()
        .default('')
        .meta({ description: 'File with the seed of an NKEY (`SU…`), to log in at the external NATS.' }),
      credentials_file: z
        .string()
        .default('')
        .meta({ description: 'Credentials file (`.creds`), to log in at the external NATS.' }),
      tls: z
        .strictObject({
          ca_file: z
            .string()
            .default('')
            .meta({ description: 'Certificate of the authority that the external NATS is trusted by, PEM.' }),
          cert_file: z
            .string()
            .default('')
            .meta({ description: 'Certificate that this server shows to the external NATS, PEM.' }),
          key_file: z.string().default('').meta({ description: 'Private key of that certificate, PEM.' }),
        })
        .prefault({}),
      replicas: z.int().min(1).max(5).default(1).meta({ description: 'Copies of each bucket, in a cluster.' }),
      server_path: z
        .string()
        .default('')
        .meta({ description: 'The nats-server to run; found on PATH or in `.tools` where it is empty.' }),
      memory_limit: size.prefault('128MB').meta({ description: 'Memory that the own nats-server should stay below.' }),
      sync: z
        .string()
        .regex(/^(always|\d+(ms|s|m))$/, 'write "always", or how often to sync, such as "1s"')
        .default('always')
        .meta({
          description:
            'When the own nats-server syncs to disk: `always` keeps everything that was accepted over a power cut; a time such as `1s` is faster and may lose what came in it.',
        }),
      max_file_store: size.prefault('2GB').meta({
        description:
          'Disk that the own nats-server may use, and that all buffers and dead letters share: nothing is set aside for one of them, and together they keep below nine tenths. With an external NATS keep it at or below its `max_file`.',
      }),
      bucket_size: size.prefault('16MB').meta({
        description: 'Size of each of the four buckets, where the account at the external NATS insists on one.',
      }),
      inbox_prefix: z
        .string()
        .regex(/^([^\s.*>]+(\.[^\s.*>]+)*)?$/, 'write what the inboxes of this login begin with, such as "_INBOX_site"')
        .default('')
        .meta({
          description:
            'What the inboxes begin with that the login at the external NATS may subscribe to, such as `_INBOX_site`.',
        }),
      domain: z
        .string()
        .regex(/^[^\s.*>]*$/, 'write the name of a JetStream domain, such as "hub"')
        .default('')
        .meta({ description: 'JetStream domain of the external NATS, such as that of a hub behind a leaf node.' }),
    })
    .prefault({}),
  disk: z
    .strictObject({
      warn_at: z.number().min(1).max(100).default(90).meta({
        description: 'Percent of the data folder’s file system from which on people are warned.',
        reload: true,
      }),
      stop_at: z.number().min(1).max(100).default(95).meta({
        description: 'Percent of the file system from which on buffers do not grow any more.',
        reload: true,
      }),
    })
    .prefault({}),
  history: z
    .strictObject({
      max_size: size.prefault('64MB').meta({
        description:
          'Disk that the history of flows may use: 10 s apart for a day, 1 min for 30 days, 1 h for a year. At this size the oldest is forgotten earlier.',
      }),
    })
    .prefault({}),
  debug: z
    .strictObject({
      pprof: z.boolean().default(false).meta({
        description:
          'Whether profiles are made at `/debug/pprof/heap` and `/debug/pprof/profile`, for this machine alone.',
      }),
    })
    .prefault({}),
  files: z
    .strictObject({
      allowed: z.array(z.string().startsWith('/')).default([]).meta({
        description: 'Folders that components of flows read and write, beside the data folder.',
      }),
      readable: z.array(z.string().startsWith('/')).default([]).meta({
        description: 'Folders that components of flows read and do not write.',
      }),
      tls: z.array(z.string().startsWith('/')).default(['/certs', '/etc/ssl/certs']).meta({
        description:
          'Folders and files from which components of flows take certificates and keys, for TLS and nothing else.',
      }),
      max_upload: size.prefault('1GB').meta({
        description:
          'Largest file that is uploaded. Uploads keep out of the part of the disk that `disk` leaves for the server, too.',
        reload: true,
      }),
    })
    .prefault({}),
  network: z
    .strictObject({
      allowed: z.array(networkEntry).default(['*']).meta({
        description:
          'Where components of flows may connect to: names such as `broker.example` or `*.example`, addresses, networks such as `10.0.0.0/8`, and `*` for all. Link-local addresses and those of cloud metadata (`169.254.0.0/16`, `fe80::/10` and others) only where they are listed themselves.',
      }),
    })
    .prefault({}),
  versions: z
    .strictObject({
      keep: z.int().min(1).max(10_000).default(100).meta({
        description:
          'How many versions of each flow are kept. Older ones go at a deploy, never the one that should run.',
        reload: true,
      }),
    })
    .prefault({}),
  backup: z
    .strictObject({
      folder: z
        .string()
        .default('')
        .meta({ description: 'Folder for backups. Where it is empty, `backups` in the data folder.' }),
    })
    .prefault({}),
});
export type SettingsValues = z.output<typeof SettingsSchema>;

export interface SettingEntry {
  /** Path in the file, such as `['nats', 'url']`. */
  readonly path: readonly string[];
  /** Name of the environment variable, such as `SEMSTREAMS_NATS_URL`. */
  readonly variable: string;
  readonly schema: z.ZodType;
  readonly description: string;
  readonly isSecret: boolean;
  /** Whether a change is taken while the server runs; the others wait for a restart. */
  readonly isReloaded: boolean;
}

/** The settings one by one, in the order of the schema. */
export const settingEntries = (): SettingEntry[] => entriesOf(SettingsSchema, []);

const entriesOf = (schema: z.ZodObject, prefix: readonly string[]): SettingEntry[] =>
  Object.entries(schema.shape).flatMap(([key, field]) => {
    const path = [...prefix, key];
    const inner = field instanceof z.ZodPrefault ? field.unwrap() : field;
    if (inner instanceof z.ZodObject) return entriesOf(inner, path);
    const meta = (field as z.ZodType).meta() ?? {};
    return [
      {
        path,
        variable: `SEMSTREAMS_${path.join('_').toUpperCase()}`,
        schema: field as z.ZodType,
        description: meta.description ?? '',
        isSecret: meta['secret'] === true,
        isReloaded: meta['reload'] === true,
      },
    ];
  });
