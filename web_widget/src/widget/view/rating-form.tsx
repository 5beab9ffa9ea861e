/** Five faces as real radio buttons, and room for a comment once one is chosen. */
import { Angry, Frown, Laugh, Meh, Smile } from "lucide";
import { useState } from "preact/hooks";
import { Button } from "../../shared/components/button";
import { Icon } from "../../shared/components/icon";
import { rareWords } from "../rare-words";
import { words } from "../words";
import { useWidget } from "./context";

const FACES = [Angry, Frown, Meh, Smile, Laugh];

export function RatingForm({ skip }: { skip: () => void }) {
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
        <legend class="card-title">{rareWords.rateTitle}</legend>
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
          aria-label={rareWords.rateComment}
          placeholder={rareWords.rateComment}
          value={comment}
          onInput={(event) => setComment(event.currentTarget.value)}
        />
      )}
      <div class="card-actions">
        <Button small kind="primary" type="submit" disabled={score === null}>
          {rareWords.rateSend}
        </Button>
        <Button small kind="quiet" onClick={skip}>
          {rareWords.rateSkip}
        </Button>
      </div>
    </form>
  );
}
