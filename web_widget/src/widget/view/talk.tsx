/** The conversation: log, what is going on now, and the composer. */
import { useEffect } from "preact/hooks";
import { words } from "../words";
import { Composer } from "./composer";
import { Connection } from "./connection";
import { useWidget } from "./context";
import { LogView } from "./log-view";
import { QueueCard } from "./queue-card";

export function Talk() {
  const { session } = useWidget();
  useEffect(() => session.connect(), [session]);
  const { status, trouble } = session.model.value;
  return (
    <div class="talk">
      <LogView />
      {status?.owner === "queue" && <QueueCard place={status.queue} agentsOnline={status.agents_online} />}
      {trouble && (
        <p class="trouble" role="alert">
          <span>{trouble}</span>
          <button type="button" class="link" onClick={() => session.dismissTrouble()}>
            {words.close}
          </button>
        </p>
      )}
      <Connection />
      <Composer />
    </div>
  );
}
