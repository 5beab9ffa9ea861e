/** Where the article stands, the proof that it answers, and what can be done about it. */
import { useState } from "preact/hooks";
import { CircleCheck } from "lucide";
import { Button } from "../../shared/components/button";
import { Icon } from "../../shared/components/icon";
import { useNow } from "../../shared/components/use-now";
import { meaning } from "../chip";
import type { Desk } from "../desk";
import { sinceTime, tookTime } from "../when";
import { Dialog } from "./dialog";
import { ProblemLine } from "./problem";
import { PublishDialog } from "./publish-dialog";
import { StateChip } from "./state-chip";
import { useTask } from "./use-task";

const PUBLISH_WORDS = { draft: "Publish…", changed: "Publish changes…", retired: "Publish again…" } as const;

export function StateCard({ desk }: { desk: Desk }) {
  const [asking, setAsking] = useState<"publish" | "retire" | null>(null);
  const article = desk.article.value;
  if (article === null) return null;
  const { state } = article;
  // While the newest keys are not saved yet, the server's state is one save behind.
  const behind = state === "published" && desk.dirty.value;
  const canPublish = state !== "published" || behind;
  const words = state === "published" ? PUBLISH_WORDS.changed : PUBLISH_WORDS[state];
  const blocked = Object.keys(desk.problems.value).length > 0 || desk.autosave.value.trouble?.kind === "conflict";
  return (
    <section class="state-card" aria-label="State">
      <StateChip state={behind ? "changed" : state} />
      <p class="state-meaning">{meaning(behind ? { ...article, state: "changed" } : article)}</p>
      <ProofLine desk={desk} />
      <div class="state-actions">
        {canPublish && (
          <Button kind="primary" disabled={blocked} onClick={() => setAsking("publish")}>
            {words}
          </Button>
        )}
        {(state === "published" || state === "changed") && (
          <Button kind="quiet" onClick={() => setAsking("retire")}>
            Retire…
          </Button>
        )}
      </div>
      {asking === "publish" && <PublishDialog desk={desk} close={() => setAsking(null)} published={() => setAsking(null)} />}
      {asking === "retire" && <RetireDialog desk={desk} close={() => setAsking(null)} />}
    </section>
  );
}

/** Read back from the index that answers, never assumed. */
function ProofLine({ desk }: { desk: Desk }) {
  const now = useNow(60);
  const article = desk.article.value;
  const proof = desk.proof.value;
  if (article === null) return null;
  if (proof !== null) {
    return (
      <p class="proof proof-fresh" role="status">
        <Icon node={CircleCheck} />
        <span class="fd-numbers">
          <strong>Answering since {sinceTime(proof.answeringSince, now)}</strong>
          <br />
          {passages(proof.passages)} · index {proof.indexVersion} · {tookTime(proof.tookMs)}
        </span>
      </p>
    );
  }
  if (article.answering_since === null) return null;
  return (
    <p class="proof">
      <Icon node={CircleCheck} />
      <span class="fd-numbers">
        Answering since {sinceTime(article.answering_since, now)} · {passages(article.passages_live)}
      </span>
    </p>
  );
}

function passages(count: number): string {
  return count === 1 ? "1 passage" : `${count} passages`;
}

function RetireDialog({ desk, close }: { desk: Desk; close(): void }) {
  const task = useTask();
  const article = desk.article.value;
  if (article === null) return null;
  const retire = () =>
    task.run(async () => {
      await desk.flush();
      await desk.retire();
      close();
    });
  const actions = (
    <>
      <ProblemLine message={task.problem} />
      <Button onClick={close}>Keep it</Button>
      <Button kind="danger" disabled={task.busy} onClick={() => void retire()}>
        {task.busy ? "Retiring…" : "Retire now"}
      </Button>
    </>
  );
  return (
    <Dialog title="Retire this article" close={close} actions={actions}>
      <ul class="change-list">
        <li>
          <code>/help/{article.slug}</code> is no longer there for customers.
        </li>
        <li>Fern stops answering with it at once ({passages(article.passages_live)}).</li>
        <li>Text and history stay here; you can publish it again at any time.</li>
      </ul>
    </Dialog>
  );
}
