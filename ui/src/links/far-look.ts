import type { FarSide } from '@semstreams/contract';
import { CircleCheck, TriangleAlert, Unplug } from 'lucide-react';
import type { StateLook } from '../design/states.ts';

/** One that is less behind than this is up to date, in seconds. */
const worthSayingS = 60;

/** How somebody at the other end of a link does: icon, word and colour. */
export const farLook = ({ is_there, behind_s = 0 }: FarSide): StateLook => {
  if (!is_there) return { word: 'Away', tone: 'warn', icon: Unplug };
  if (behind_s >= worthSayingS) return { word: 'Catching up', tone: 'warn', icon: TriangleAlert };
  return { word: 'Connected', tone: 'ok', icon: CircleCheck };
};
