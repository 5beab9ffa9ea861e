/** Somebody is about to answer: three quiet dots, and one sentence for a screen reader. */
import { useCell } from "../../shared/components/use-cell";
import { words } from "../words";
import { useWidget } from "./context";
import { firstName } from "./header";

export function Thinking() {
  const { session } = useWidget();
  const { status, typist, botName, welcomed } = useCell(session.model);
  const link = useCell(session.link);
  const bot = status?.bot_thinking && status.owner !== "agent" && status.owner !== "closed";
  const who = typist ?? (bot ? { role: "bot" as const, name: botName } : null);
  const shown = welcomed && who !== null && link === "open";
  const line = !shown ? "" : typist ? words.typing(firstName(who.name)) : words.thinking(who.name);
  return (
    <div class={`thinking${shown ? "" : " thinking-idle"}`} role="status">
      {shown && (
        <>
          <span class={`dots dots-${who.role}`} aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          <span class="thinking-words">{line}</span>
        </>
      )}
    </div>
  );
}
