/** After the end: how it was, and that writing goes on from here. */
import { CircleCheck } from "lucide";
import { Button } from "../../shared/components/button";
import { Icon } from "../../shared/components/icon";
import { useCell } from "../../shared/components/use-cell";
import { dismiss } from "../ui";
import { words } from "../words";
import { useWidget } from "./context";
import { WithRare } from "./use-rare";

export function ClosedCard() {
  const { session, ui } = useWidget();
  const { status, log, outbox } = useCell(session.model);
  const dismissed = useCell(ui.dismissed);
  if (!status) return null;
  const sending = outbox.find((entry) => entry.frame.type === "rate")?.frame;
  const ended = log.events.findLast((e) => e.kind === "notice" && (e.code === "closed" || e.code === "reopened"));
  const rated = log.events.findLast((event) => event.kind === "rating" && event.seq > (ended?.seq ?? 0));
  const score = sending?.type === "rate" ? sending.score : rated?.kind === "rating" ? rated.score : null;
  const key = `rating${ended?.seq ?? 0}`;
  const open = status.may_rate && score === null && !dismissed.has(key);
  if (!open && status.owner !== "closed") return null;
  return (
    <div class="closed">
      {open && <WithRare>{({ RatingForm }) => <RatingForm skip={() => dismiss(ui, key)} />}</WithRare>}
      {score !== null && (
        <p class="notice" role="status">
          <Icon node={CircleCheck} />
          <span>{words.rateThanks(words.rateScores[score - 1] ?? "")}</span>
        </p>
      )}
      {status.owner === "closed" && (
        <Button class="closed-else" onClick={() => (ui.focusComposer.value += 1)}>
          {words.askElse}
        </Button>
      )}
    </div>
  );
}
