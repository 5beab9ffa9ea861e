/** Waiting for a person: the place, an honest range, what happens meanwhile, and the ways out. */
import { Hourglass } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { Button } from "../../shared/components/button";
import { Icon } from "../../shared/components/icon";
import { useCell } from "../../shared/components/use-cell";
import type { QueuePlace } from "../../shared/protocol";
import { waitRange } from "../../shared/time";
import { words } from "../words";
import { useWidget } from "./context";
import { DetailsForm } from "./details-form";

/** Whoever leaves solved was helped by what they read last. */
const LAST_READ = 2;

interface Props {
  place: QueuePlace | null;
  agentsOnline: number;
}

export function QueueCard({ place, agentsOnline }: Props) {
  const { session, ui, help } = useWidget();
  const { outbox, log } = useCell(session.model);
  // the details may have come from the form here or, in words, from the bot's
  const reachable = log.events.some((event) => event.kind === "notice" && event.code === "contact_received");
  const leaving = outbox.some((entry) => entry.frame.type === "leave_queue");
  const leave = (solved: boolean) => () => {
    if (!leaving) session.write({ type: "leave_queue", solved });
    if (solved) help.visit.note("helped", help.visit.slugs("opened").slice(-LAST_READ));
    ui.focusComposer.value += 1;
  };
  const details = useCell(ui.details);
  const left = reachable && agentsOnline === 0;
  const where = left ? words.queueLeft : place ? words.queuePlace(place.position) : words.queueUnknown;
  const range = place && !left ? waitRange(place.low_seconds, place.high_seconds) : "";
  if (details) {
    return (
      <div class="queue-form">
        <DetailsForm />
      </div>
    );
  }
  return (
    <section class="queue" aria-label={where}>
      <div class="queue-head">
        <span class="queue-icon">
          <Icon node={Hourglass} />
        </span>
        <div>
          <p class="queue-place fd-numbers">{where}</p>
          {range && <p class="queue-range fd-numbers">{words.queueWait(range)}</p>}
        </div>
      </div>
      <p class="queue-meanwhile">{left ? words.queueLeftLine : agentsOnline === 0 ? words.queueNobody : words.queueMeanwhile}</p>
      <div class="card-actions">
        <Button small disabled={leaving} onClick={leave(false)}>
          {words.queueStay}
        </Button>
        <Button small disabled={leaving} onClick={leave(true)}>
          {words.queueSolved}
        </Button>
        {!reachable && (
          <Button small kind="quiet" onClick={() => (ui.details.value = true)}>
            {words.queueEmail}
          </Button>
        )}
      </div>
      <Spoken text={[where, range && words.queueWait(range)].filter(Boolean).join(". ")} />
    </section>
  );
}

/** Read aloud at most every 30 seconds, however often the place changes. */
function Spoken({ text }: { text: string }) {
  const [said, setSaid] = useState(text);
  const [saidAt, setSaidAt] = useState(Date.now);
  useEffect(() => {
    if (text === said) return;
    const wait = Math.max(0, saidAt + 30_000 - Date.now());
    const id = setTimeout(() => {
      setSaid(text);
      setSaidAt(Date.now());
    }, wait);
    return () => clearTimeout(id);
  }, [text, said, saidAt]);
  return (
    <p class="fd-hidden" role="status">
      {said}
    </p>
  );
}
