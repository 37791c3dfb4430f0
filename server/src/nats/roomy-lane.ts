import { LaneNats, type LaneNatsSettings } from './lane-nats.ts';

/** What a lane has of NATS where it shares its storage with nobody: for tests. */
export const roomyLane = (settings: LaneNatsSettings, isDiskFull = (): boolean => false): LaneNats => {
  const nats: LaneNats = new LaneNats(settings, {
    isDiskFull,
    askForRoom: ({ upTo, wants }) => nats.answerRoom({ upTo: upTo + wants }),
  });
  return nats;
};
