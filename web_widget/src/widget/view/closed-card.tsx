/** After the end: how it was, and that writing goes on from here. */
import { Angry, CircleCheck, Frown, Laugh, Meh, Smile } from "lucide";
import { useState } from "preact/hooks";
import { Button } from "../../shared/components/button";
import { Icon } from "../../shared/components/icon";
import { dismiss } from "../ui";
import { words } from "../words";
import { useWidget } from "./context";

const FACES = [Angry, Frown, Meh, Smile, Laugh];

export function ClosedCard() {
  const { session, ui } = useWidget();
  const { status, log, outbox } = session.model.value;
  if (!status) return null;
  const sending = outbox.find((entry) => entry.frame.type === "rate")?.frame;
  const ended = log.events.findLast((e) => e.kind === "notice" && (e.code === "closed" || e.code === "reopened"));
  const rated = log.events.findLast((event) => event.kind === "rating" && event.seq > (ended?.seq ?? 0));
  const score = sending?.type === "rate" ? sending.score : rated?.kind === "rating" ? rated.score : null;
  const key = `rating${ended?.seq ?? 0}`;
  const open = status.may_rate && score === null && !ui.dismissed.value.has(key);
  if (!open && status.owner !== "closed") return null;
  return (
    <div class="closed">
      {open && <RatingForm skip={() => dismiss(ui, key)} />}
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

function RatingForm({ skip }: { skip: () => void }) {
  const { session } = useWidget();
  const [score, setScore] = useState<number | null>(null);
  const [comment, setComment] = useState("");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (score !== null) session.write({ type: "rate", score, comment: comment.trim() });
  };
  return (
    <form class="card rating" onSubmit={submit}>
      <fieldset class="faces">
        <legend class="card-title">{words.rateTitle}</legend>
        {FACES.map((face, index) => {
          const label = words.rateScores[index] ?? "";
          return (
            <label key={label} class="face" title={label}>
              <input
                class="face-input"
                type="radio"
                name="score"
                value={index + 1}
                checked={score === index + 1}
                aria-label={label}
                onChange={() => setScore(index + 1)}
              />
              <Icon node={face} />
            </label>
          );
        })}
      </fieldset>
      <p class="rating-word">{score === null ? "\u00a0" : words.rateScores[score - 1]}</p>
      {score !== null && (
        <textarea
          class="fd-input"
          rows={2}
          maxLength={1000}
          dir="auto"
          aria-label={words.rateComment}
          placeholder={words.rateComment}
          value={comment}
          onInput={(event) => setComment(event.currentTarget.value)}
        />
      )}
      <div class="card-actions">
        <Button small kind="primary" type="submit" disabled={score === null}>
          {words.rateSend}
        </Button>
        <Button small kind="quiet" onClick={skip}>
          {words.rateSkip}
        </Button>
      </div>
    </form>
  );
}
