/** One quiet line while the connection is away. Short breaks are not worth a word; an end stays until the page is new. */
import { WifiOff } from "lucide";
import { Button } from "../../shared/components/button";
import { Icon } from "../../shared/components/icon";
import { useDelayed } from "../../shared/components/use-delayed";
import { usePick } from "./bench";

const SHORT_BREAK_MS = 1_500;

export function LinkLine() {
  const away = usePick((state) => state.link !== "open");
  const ended = usePick((state) => state.ended);
  return <div role="status">{ended !== null ? <Ended why={ended} /> : away && <Words />}</div>;
}

function Ended({ why }: { why: string }) {
  return (
    <p class="link-line">
      <Icon node={WifiOff} />
      {why}
      <Button small onClick={() => location.reload()}>
        Reload
      </Button>
    </p>
  );
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
