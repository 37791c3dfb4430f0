import type { TagBlock } from './tag-block.ts';

/**
 * What coast stations write behind the checksum: `,s28089,d-103,T39.44353985,r08TPHI1,1242958962`, of which the station and the
 * time of receiving, in seconds since 1970, are taken.
 */
export const receiverIn = (behind: string): TagBlock | undefined => {
  if (behind === '') return undefined;
  const fields = behind.split(',');
  const station = fields.find((field) => /^[rb]\w/.test(field))?.slice(1);
  const seconds = /^\d{9,10}$/.exec(fields.at(-1)!.trim())?.[0];
  if (station === undefined && seconds === undefined) return undefined;
  return {
    ...(seconds !== undefined && { time: new Date(Number(seconds) * 1000).toISOString() }),
    ...(station !== undefined && { source: station }),
  };
};
