import { useState } from 'react';

export interface Action {
  readonly isBusy: boolean;
  /** Why the last one failed, as a sentence; gone with the next one. */
  readonly failure: string | undefined;
  /** Starts something that takes a while, unless something is still going on. Whether it went well. */
  readonly act: (what: () => Promise<unknown>) => Promise<boolean>;
  readonly forget: () => void;
}

/** One thing at a time that a person started, and what came of it. */
export const useAction = (): Action => {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  return {
    isBusy,
    failure,
    forget: () => setFailure(undefined),
    act: async (what) => {
      if (isBusy) return false;
      setBusy(true);
      setFailure(undefined);
      try {
        await what();
        return true;
      } catch (thrown) {
        setFailure(thrown instanceof Error ? thrown.message : String(thrown));
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
};
