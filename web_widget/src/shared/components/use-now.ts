import { useEffect, useState } from "preact/hooks";

/** The present moment (milliseconds since 1970), renewed at this interval while the component is there. */
export function useNow(everySeconds: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const id = setInterval(() => setNow(Date.now()), everySeconds * 1000);
    return () => clearInterval(id);
  }, [everySeconds]);
  return now;
}
