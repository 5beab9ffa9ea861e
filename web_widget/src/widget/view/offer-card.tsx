/** The bot offers a person; the customer picks the terms: now, by e-mail, or not at all. */
import { Mail, UserRound } from "lucide";
import { Button } from "../../shared/components/button";
import { useCell } from "../../shared/components/use-cell";
import type { OfferRow } from "../rows";
import { dismiss } from "../ui";
import { words } from "../words";
import { useWidget } from "./context";
import { Linked } from "./linked";
import { Said } from "./rows";
import { WithRare } from "./use-rare";

export function OfferCard({ row }: { row: OfferRow }) {
  const { session, ui, askPerson } = useWidget();
  const dismissed = useCell(ui.dismissed);
  const details = useCell(ui.details);
  const open = row.open && !dismissed.has(row.key);
  const form = open && details;
  const stay = () => {
    dismiss(ui, row.key);
    session.write({ type: "leave_queue", solved: false });
    ui.focusComposer.value += 1;
  };
  const option = {
    person: (
      <Button key="person" kind="primary" icon={UserRound} onClick={askPerson}>
        {words.offerPerson}
      </Button>
    ),
    details: (
      <Button key="details" icon={Mail} onClick={() => (ui.details.value = "email")}>
        {words.offerDetails}
      </Button>
    ),
    stay: (
      <Button key="stay" kind="quiet" onClick={stay}>
        {words.offerStay}
      </Button>
    ),
  };
  return (
    <Said row={row}>
      <div class="stack">
        <div class="bubble" dir="auto">
          <Linked text={row.event.text} />
        </div>
        {open && !form && <div class="offer-options">{row.event.options.map((name) => option[name])}</div>}
        {form && <WithRare>{({ DetailsForm }) => <DetailsForm />}</WithRare>}
      </div>
    </Said>
  );
}
