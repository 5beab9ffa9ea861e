/** The conversation: log, what is going on now, and the composer. */
import { useEffect } from "preact/hooks";
import { useCell } from "../../shared/components/use-cell";
import { words } from "../words";
import { Composer } from "./composer";
import { Connection } from "./connection";
import { useWidget } from "./context";
import { LogView } from "./log-view";
import { WithRare } from "./use-rare";

export function Talk() {
  const { session } = useWidget();
  useEffect(() => session.connect(), [session]);
  const { status, trouble } = useCell(session.model);
  return (
    <div class="talk">
      <LogView />
      {status && <WithRare optional>{({ Waiting }) => <Waiting status={status} />}</WithRare>}
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
