/** One thing at a time, with its failure as a sentence: for buttons that ask the server. */
import { useCallback, useRef, useState } from "preact/hooks";
import { sentenceOf } from "../library";

export interface Task {
  busy: boolean;
  problem: string | null;
  /** Does nothing while an earlier run is under way. */
  run(work: () => Promise<void>): Promise<void>;
}

export function useTask(): Task {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const running = useRef(false);
  const run = useCallback(async (work: () => Promise<void>) => {
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem(sentenceOf(error));
    } finally {
      running.current = false;
      setBusy(false);
    }
  }, []);
  return { busy, problem, run };
}
