/** Before publishing: what changes for customers, sentence by sentence, with the difference to look at. */
import { useEffect, useState } from "preact/hooks";
import { Button } from "../../shared/components/button";
import { Skeleton } from "../../shared/components/skeleton";
import type { RevisionOut } from "../../shared/knowledge";
import { changesBetween } from "../changes";
import type { Desk } from "../desk";
import { draftOf, wordings } from "../draft";
import { sentenceOf } from "../library";
import { ChangeList } from "./change-list";
import { useWorld } from "./context";
import { Dialog } from "./dialog";
import { DiffView } from "./diff-view";
import { ProblemLine } from "./problem";
import { useTask } from "./use-task";

interface Props {
  desk: Desk;
  close(): void;
  published(): void;
}

export function PublishDialog({ desk, close, published }: Props) {
  const { library } = useWorld();
  const [live, setLive] = useState<RevisionOut | null>(null);
  const [missing, setMissing] = useState<string | null>(null);
  const task = useTask();
  const article = desk.article.value;
  const number = article?.published_revision ?? null;

  useEffect(() => {
    if (number === null) return;
    library.revision(desk.id, number).then(setLive, (error: unknown) => setMissing(sentenceOf(error)));
  }, [library, desk, number]);

  const publish = () =>
    task.run(async () => {
      if (!(await desk.flush())) return close(); // The page says why it could not be saved.
      await desk.publish();
      published();
      close();
    });

  if (article === null) return null;
  const first = number === null;
  const actions = (
    <>
      <ProblemLine message={task.problem} />
      <Button onClick={close}>Not yet</Button>
      <Button kind="primary" disabled={task.busy} onClick={() => void publish()}>
        {task.busy ? "Publishing…" : "Publish now"}
      </Button>
    </>
  );
  return (
    <Dialog wide={!first} title={first ? "Publish this article" : "Publish the changes"} close={close} actions={actions}>
      {first ? <FirstTime desk={desk} /> : <Changed desk={desk} live={live} />}
      {missing !== null && (
        <p class="field-note">What customers see now could not be loaded for comparing: {missing}</p>
      )}
    </Dialog>
  );
}

function FirstTime({ desk }: { desk: Desk }) {
  const article = desk.article.value;
  const draft = desk.draft.value;
  if (article === null || draft === null) return null;
  const others = wordings(draft.questions).length;
  return (
    <ul class="change-list">
      <li>
        Customers can read “{draft.title.trim()}” at <code>/help/{draft.slug || article.slug}</code>
        {article.state === "retired" ? " again." : "."} From then on this address stays.
      </li>
      <li>Fern answers questions with it at once{others > 0 && `, also for ${others === 1 ? "its 1 other wording" : `its ${others} other wordings`}`}.</li>
      {draft.body.trim() === "" && <li class="change-warn">The text is still empty: there is nothing to answer with.</li>}
    </ul>
  );
}

function Changed({ desk, live }: { desk: Desk; live: RevisionOut | null }) {
  const draft = desk.draft.value;
  if (draft === null) return null;
  if (live === null) return <Skeleton lines={4} label="Comparing with what customers see" />;
  const before = draftOf({ ...live, slug: draft.slug });
  const changes = changesBetween(before, draft);
  if (changes.length === 0) return <p class="quiet">Nothing would change: customers see this text already.</p>;
  return (
    <>
      <ChangeList changes={changes} />
      {changes.some((change) => change.what === "text") && <DiffView before={before.body} after={draft.body} />}
    </>
  );
}
