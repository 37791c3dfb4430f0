import type { Io } from '../../../engine/component.ts';
import type { Decoder } from '../../../component-kit/mavlink/decoder.ts';
import type { DialectChoice } from '../../../component-kit/mavlink/dialect-settings.ts';
import { signer, signingKey } from '../../../component-kit/mavlink/signing.ts';
import { GroundStation } from './ground-station.ts';
import type { Source } from './source.ts';

interface Given {
  readonly config: DialectChoice & {
    readonly vehicle_address: string;
    readonly rates: readonly { readonly message: string; readonly per_second: number }[];
    readonly stream_rate: number;
    readonly system_id: number;
    readonly component_id: number;
    readonly signing_key: string;
  };
  readonly io: Io;
  readonly source: Source;
  readonly decoder: Decoder;
  readonly told: (sentence: string) => void;
}

/** Its signatures are another stream than those of outputs, which begin at 0. */
const signingLink = 255;

/** What is needed to speak is loaded here and not before. Throws a FatalFault where a message is asked for that nobody knows. */
export const openGroundStation = async ({ config, io, source, decoder, told }: Given): Promise<GroundStation> => {
  const [{ FrameWriter }, { loadDefinitions }, { FatalFault }] = await Promise.all([
    import('../../../component-kit/mavlink/frame-writer.ts'),
    import('../../../component-kit/mavlink/load-dialect.ts'),
    import('../../../engine/fault.ts'),
  ]);
  const loaded = await loadDefinitions(config, io.dataDir);
  const ids = new Map(loaded.definitions.map(({ name, id }) => [name, id]));
  const rates = config.rates.map(({ message, per_second: perSecond }) => {
    const id = ids.get(message);
    if (id === undefined) throw new FatalFault(`the dialect has no message "${message}" to ask for`);
    return { message, id, perSecond };
  });
  const needed = [
    'HEARTBEAT',
    ...(rates.length > 0 ? ['COMMAND_LONG', 'COMMAND_ACK'] : []),
    ...(config.stream_rate > 0 ? ['REQUEST_DATA_STREAM'] : []),
  ];
  const missing = needed.find((name) => !ids.has(name));
  if (missing !== undefined)
    throw new FatalFault(`the dialect has no message "${missing}", which a ground station needs`);
  const { system_id: system, component_id: component, signing_key: key, vehicle_address: address } = config;
  const writer = new FrameWriter({
    ...loaded,
    version: 2,
    system,
    component,
    keepsSequence: false,
    sign: key === '' ? undefined : signer(signingKey(key), signingLink, io.now),
  });
  const port = address.lastIndexOf(':');
  const host = address.slice(0, Math.max(0, port)).replace(/^\[|\]$/g, '');
  return new GroundStation({
    writer,
    rates,
    streamRate: config.stream_rate,
    peers: () => source.peers(),
    announce: address === '' ? undefined : (frame) => source.speakTo?.(frame, host, Number(address.slice(port + 1))),
    read: (frame) => decoder.decode(frame),
    system,
    told,
  });
};
