import { useEffect, useState } from "preact/hooks";

/** True once the component has been there for so long: what is quick never flickers. */
export function useDelayed(milliseconds: number): boolean {
  const [passed, setPassed] = useState(milliseconds <= 0);
  useEffect(() => {
    if (milliseconds <= 0) return;
    const id = setTimeout(() => setPassed(true), milliseconds);
    return () => clearTimeout(id);
  }, [milliseconds]);
  return passed;
}
