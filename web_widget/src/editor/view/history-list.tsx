/** Every saved text, newest first; a sitting of many saves is one entry that opens. */
import { useEffect, useState } from "preact/hooks";
import { Button } from "../../shared/components/button";
import { Skeleton } from "../../shared/components/skeleton";
import { Time } from "../../shared/components/time";
import { useNow } from "../../shared/components/use-now";
import type { RevisionRow } from "../../shared/knowledge";
import type { Desk } from "../desk";
import { sittings, type Sitting } from "../history";
import { sentenceOf } from "../library";
import { useWorld } from "./context";
import { ProblemLine } from "./problem";
import { RevisionDialog } from "./revision-dialog";

export function HistoryList({ desk }: { desk: Desk }) {
  const { library } = useWorld();
  const [rows, setRows] = useState<RevisionRow[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [open, setOpen] = useState<RevisionRow | null>(null);
  const [again, setAgain] = useState(0);
  const article = desk.article.value;
  const latest = article?.latest_revision ?? 0;
  const live = article?.published_revision ?? null;

  useEffect(() => {
    let gone = false;
    library.revisions(desk.id).then(
      (found) => {
        if (gone) return;
        setRows(found);
        setProblem(null);
      },
      (error: unknown) => !gone && setProblem(sentenceOf(error)),
    );
    return () => {
      gone = true;
    };
  }, [library, desk, latest, live, again]);

  if (rows === null) {
    if (problem === null) return <Skeleton lines={5} label="Loading the history" />;
    return (
      <div class="rail-trouble">
        <ProblemLine message={problem} />
        <Button small onClick={() => setAgain(again + 1)}>
          Try again
        </Button>
      </div>
    );
  }
  return (
    <>
      <ol class="history">
        {sittings(rows).map((sitting) => (
          <SittingRow key={sitting.newest.number} sitting={sitting} latest={latest} open={setOpen} />
        ))}
      </ol>
      {open !== null && <RevisionDialog desk={desk} row={open} latest={latest} close={() => setOpen(null)} />}
    </>
  );
}

interface RowProps {
  sitting: Sitting;
  latest: number;
  open(row: RevisionRow): void;
}

function SittingRow({ sitting, latest, open }: RowProps) {
  const { newest, earlier } = sitting;
  return (
    <li>
      <Entry row={newest} latest={latest} open={open} />
      {earlier.length > 0 && (
        <details class="history-earlier">
          <summary>{earlier.length === 1 ? "1 earlier save" : `${earlier.length} earlier saves`}</summary>
          {earlier.map((row) => (
            <Entry key={row.number} row={row} latest={latest} open={open} />
          ))}
        </details>
      )}
    </li>
  );
}

function Entry({ row, latest, open }: { row: RevisionRow; latest: number; open(row: RevisionRow): void }) {
  const now = useNow(60);
  return (
    <button type="button" class="history-row" onClick={() => open(row)} aria-haspopup="dialog">
      <span class="history-top">
        <span class="history-number fd-numbers">Revision {row.number}</span>
        {row.published && <span class="fd-tag fd-tag-good">customers see this</span>}
        {row.number === latest && !row.published && <span class="fd-tag">newest</span>}
      </span>
      <span class="history-who">
        {row.saved_by} · <Time at={row.saved_at} form="ago" now={now} />
      </span>
    </button>
  );
}
