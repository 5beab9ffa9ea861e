/** One quiet line when the link is down for more than a moment. */
import { CloudOff, LoaderCircle } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../../shared/components/icon";
import { useCell } from "../../shared/components/use-cell";
import { useDelayed } from "../../shared/components/use-delayed";
import { words } from "../words";
import { useWidget } from "./context";

export function useOnline(): boolean {
  const [online, setOnline] = useState(() => navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    addEventListener("online", look);
    addEventListener("offline", look);
    return () => {
      removeEventListener("online", look);
      removeEventListener("offline", look);
    };
  }, []);
  return online;
}

export function Connection() {
  const { session } = useWidget();
  const online = useOnline();
  const link = useCell(session.link);
  const down = link === "connecting" || link === "waiting";
  return (
    <div role="status">
      {!online ? <Line icon="offline" /> : down ? <Late /> : null}
    </div>
  );
}

function Late() {
  const late = useDelayed(2000);
  return late ? <Line icon="again" /> : null;
}

function Line({ icon }: { icon: "offline" | "again" }) {
  return (
    <p class="connection">
      <Icon node={icon === "offline" ? CloudOff : LoaderCircle} class={icon === "again" ? "turning" : undefined} />
      {icon === "offline" ? words.offline : words.reconnecting}
    </p>
  );
}
