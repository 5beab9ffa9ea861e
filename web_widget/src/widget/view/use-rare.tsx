/** Fetches the rarely needed parts once, and says so when they do not come. */
import { useEffect, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { words } from "../words";

type Rare = typeof import("./rare");

let fetched: Rare | null = null;
let place: ShadowRoot | null = null;

/** `root`: where the panel is, so that the styles get there too. */
export async function fetchRare(root = place): Promise<Rare> {
  place = root;
  fetched ??= await import("./rare");
  if (place) fetched.dress(place);
  return fetched;
}

interface Props {
  children: (rare: Rare) => ComponentChildren;
  /** In the meantime. */
  waiting?: ComponentChildren;
  /** What stands there in the meantime is good enough: no word about a failure. */
  optional?: boolean;
}

export function WithRare({ children, waiting = null, optional }: Props) {
  const [rare, setRare] = useState(fetched);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (!rare && !failed) fetchRare().then(setRare, () => setFailed(true));
  }, [rare, failed]);
  if (rare) return <>{children(rare)}</>;
  if (!failed || optional) return <>{waiting}</>;
  return (
    <p class="notice" role="alert">
      <span>{words.partMissing}</span>
      <button type="button" class="link" onClick={() => setFailed(false)}>
        {words.retry}
      </button>
    </p>
  );
}
