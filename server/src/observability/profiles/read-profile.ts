import { gunzipSync } from 'node:zlib';
import { Profile } from 'pprof-format';

/** What a profile in pprof's format says, in words: for tests. */
export const readProfile = (bytes: Uint8Array) => {
  const profile = Profile.decode(gunzipSync(bytes));
  const text = (index: number | bigint): string => profile.stringTable.strings[Number(index)]!;
  const frames = new Map(
    profile.location.map(({ id, line: [line] }) => {
      const made = profile.function.find((each) => Number(each.id) === Number(line!.functionId))!;
      return [Number(id), `${text(made.name)} ${text(made.filename)}:${Number(line!.line)}`];
    }),
  );
  return {
    types: profile.sampleType.map(({ type, unit }) => `${text(type)}/${text(unit)}`),
    period: `${text(profile.periodType!.type)}/${text(profile.periodType!.unit)} ${Number(profile.period)}`,
    durationMs: Number(profile.durationNanos) / 1e6,
    samples: profile.sample.map(({ locationId, value, label }) => ({
      stack: locationId.map((id) => frames.get(Number(id))!),
      values: value.map(Number),
      thread: text(label[0]!.str),
    })),
  };
};
