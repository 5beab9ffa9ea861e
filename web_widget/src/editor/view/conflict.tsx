/** Somebody saved a newer draft: who, when, what is different, and the two ways on. */
import { useState } from "preact/hooks";
import type { Desk } from "../desk";
import { sentenceOf } from "../library";
import { Button } from "../../shared/components/button";
import { Time } from "../../shared/components/time";
import { DiffView } from "./diff-view";
import { TriangleAlert } from "lucide";
import { Icon } from "../../shared/components/icon";

export function Conflict({ desk, me }: { desk: Desk; me: string }) {
  const [compared, setCompared] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const state = desk.autosave.value.trouble;
  if (state?.kind !== "conflict") return null;
  const { theirs } = state;
  const mine = desk.draft.value;
  const newer = desk.theirs();
  const load = () => desk.loadTheirs().catch((error: unknown) => setTrouble(sentenceOf(error)));
  if (theirs === null) {
    return (
      <section class="banner banner-warn" role="alert">
        <Icon node={TriangleAlert} />
        <div>
          <p>
            <strong>Somebody saved a newer draft.</strong> Who it was could not be learned just now. Your text is kept.
          </p>
          <div class="banner-actions">
            <Button onClick={() => void desk.flush()}>
              Ask again
            </Button>
          </div>
        </div>
      </section>
    );
  }
  const who = theirs.by === me ? "You saved a newer draft in another window" : `${theirs.by} saved a newer draft`;
  return (
    <section class="banner banner-warn" role="alert">
      <Icon node={TriangleAlert} />
      <div class="banner-words">
        <p>
          <strong>{who}</strong> <Time at={theirs.at} form="ago" /> (revision{" "}
          {theirs.revision}), while you were writing. Theirs stays in the history
          either way; yours is not saved yet.
        </p>
        <div class="banner-actions">
          <Button onClick={() => desk.keepMine()}>
            Keep mine on top
          </Button>
          <Button onClick={() => void load()}>
            Load theirs, drop mine
          </Button>
          <button type="button" class="link" aria-expanded={compared} onClick={() => setCompared(!compared)}>
            {compared ? "Hide the difference" : "Show the difference"}
          </button>
        </div>
        {trouble !== null && <p class="fd-field-error">{trouble}</p>}
        {compared && mine !== null && newer !== null && (
          <DiffView before={newer.body} after={mine.body} equal="The text is the same; title or details differ." />
        )}
      </div>
    </section>
  );
}
