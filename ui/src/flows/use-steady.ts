import { useEffect, useRef, useState } from 'react';

/** A value that changes all the time, as it was at most `holdMs` ago: rows that are sorted by it stay where they are meanwhile. */
export const useSteady = <Value>(value: Value, holdMs: number): Value => {
  const [held, setHeld] = useState(value);
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  }, [value]);
  useEffect(() => {
    const timer = setInterval(() => setHeld(latest.current), holdMs);
    return () => clearInterval(timer);
  }, [holdMs]);
  return held ?? value;
};
