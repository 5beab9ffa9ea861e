/** What I wrote and the server has not put into the log yet. */
import { Clock } from "lucide";
import { Icon } from "../../shared/components/icon";
import type { Pending } from "../state/model";
import { usePick } from "./bench";
import { Prose } from "./prose";

export function PendingBubble({ pending }: { pending: Pending }) {
  const open = usePick((state) => state.link === "open");
  return (
    <div class={`entry pending ${pending.mode === "note" ? "entry-note" : "entry-out"}`}>
      <div class={pending.mode === "note" ? "note" : "bubble bubble-agent"}>
        <Prose text={pending.text} />
      </div>
      <p class="pending-state">
        <Icon node={Clock} />
        {open ? "Sending" : "Goes out when the connection is back"}
      </p>
    </div>
  );
}
