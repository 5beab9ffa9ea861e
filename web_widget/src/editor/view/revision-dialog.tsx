/** One old text: as it read, or against the text of now; and the way back to it. */
import { useEffect, useState } from "preact/hooks";
import { ArticleHtml } from "../../shared/components/article-html";
import { Button } from "../../shared/components/button";
import { Skeleton } from "../../shared/components/skeleton";
import { fullTime } from "../../shared/time";
import type { RevisionOut, RevisionRow } from "../../shared/knowledge";
import { changesBetween } from "../changes";
import type { Desk } from "../desk";
import { draftOf } from "../draft";
import { sentenceOf } from "../library";
import { ChangeList } from "./change-list";
import { useWorld } from "./context";
import { Dialog } from "./dialog";
import { DiffView } from "./diff-view";
import { ProblemLine } from "./problem";
import { useTask } from "./use-task";

interface Props {
  desk: Desk;
  row: RevisionRow;
  latest: number;
  close(): void;
}

export function RevisionDialog({ desk, row, latest, close }: Props) {
  const { library } = useWorld();
  const [revision, setRevision] = useState<RevisionOut | null>(null);
  const [missing, setMissing] = useState<string | null>(null);
  const [view, setView] = useState<"changes" | "text">(row.number === latest ? "text" : "changes");
  const task = useTask();

  useEffect(() => {
    library.revision(desk.id, row.number).then(setRevision, (error: unknown) => setMissing(sentenceOf(error)));
  }, [library, desk, row.number]);

  const restore = () =>
    task.run(async () => {
      await desk.flush(); // What is on the desk goes into the history first.
      await desk.restore(row.number);
      close();
    });

  const newest = row.number === latest;
  const actions = (
    <>
      <ProblemLine message={task.problem} />
      <Button onClick={close}>Close</Button>
      {!newest && (
        <Button kind="primary" disabled={task.busy || revision === null} onClick={() => void restore()}>
          {task.busy ? "Restoring…" : "Restore as new draft"}
        </Button>
      )}
    </>
  );
  return (
    <Dialog wide title={`Revision ${row.number}`} close={close} actions={actions}>
      <div class="revision-head">
        <p class="quiet">
          {row.saved_by}, {fullTime(row.saved_at)}
          {row.published && " · customers see this one"}
        </p>
        <div class="segments" role="group" aria-label="Show">
          <button type="button" class="segment" aria-pressed={view === "changes"} onClick={() => setView("changes")}>
            Since then
          </button>
          <button type="button" class="segment" aria-pressed={view === "text"} onClick={() => setView("text")}>
            As it read
          </button>
        </div>
      </div>
      <ProblemLine message={missing} />
      {revision === null && missing === null && <Skeleton lines={8} label="Loading the revision" />}
      {revision !== null && (view === "text" ? <AsItRead revision={revision} /> : <Since desk={desk} revision={revision} />)}
      {!newest && revision !== null && (
        <p class="field-note">Restoring puts this text on top as a draft. Everything in between stays in the history.</p>
      )}
    </Dialog>
  );
}

function AsItRead({ revision }: { revision: RevisionOut }) {
  return (
    <div class="revision-text">
      <h1>{revision.title}</h1>
      {revision.summary !== "" && <p class="preview-summary">{revision.summary}</p>}
      <div class="prose">
        <ArticleHtml html={revision.html} />
      </div>
    </div>
  );
}

function Since({ desk, revision }: { desk: Desk; revision: RevisionOut }) {
  const now = desk.draft.value;
  if (now === null) return null;
  const changes = changesBetween(draftOf({ ...revision, slug: now.slug }), now).filter(({ what }) => what !== "text");
  return (
    <div class="revision-changes">
      {changes.length > 0 && <ChangeList changes={changes} />}
      <DiffView before={revision.body} after={now.body} equal="The text has not changed since then." />
    </div>
  );
}
