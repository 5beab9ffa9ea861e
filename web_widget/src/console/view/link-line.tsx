/** One quiet line while the connection is away. Short breaks are not worth a word. */
import { WifiOff } from "lucide";
import { Icon } from "../../shared/components/icon";
import { useDelayed } from "../../shared/components/use-delayed";
import { usePick } from "./bench";

const SHORT_BREAK_MS = 1_500;

export function LinkLine() {
  const away = usePick((state) => state.link !== "open");
  return <div role="status">{away && <Words />}</div>;
}

function Words() {
  const first = usePick((state) => state.welcome === null);
  const shown = useDelayed(SHORT_BREAK_MS);
  if (!shown) return null;
  return (
    <p class="link-line">
      <Icon node={WifiOff} />
      {first ? "Connecting. The queue appears as soon as the server answers." : "Reconnecting. What you write is kept and sent when the line is back."}
    </p>
  );
}
