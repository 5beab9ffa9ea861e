/** One article: text, preview and rail side by side; on narrow screens they take turns. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { ArrowLeft, FileQuestion, TriangleAlert } from "lucide";
import { Icon } from "../../shared/components/icon";
import { Skeleton } from "../../shared/components/skeleton";
import { EmptyState, ErrorState } from "../../shared/components/state";
import { ProblemError } from "../../shared/api";
import type { Me } from "../../shared/protocol";
import { Desk } from "../desk";
import { sentenceOf } from "../library";
import { Conflict } from "./conflict";
import { useWorld } from "./context";
import { LeaveDialog } from "./leave-dialog";
import { PreviewPane } from "./preview-pane";
import { Rail } from "./rail";
import { SaveState } from "./save-state";
import { Tabs } from "./tabs";
import { TextPane } from "./text-pane";
import { TopBar } from "./top-bar";
import { useLeaving, useSaveKey, useSignedInAgain } from "./use-leaving";

type Phase = { is: "loading" } | { is: "there" } | { is: "missing" } | { is: "failed"; message: string };

export function ArticlePage({ id, me }: { id: string; me: Me }) {
  const { library, backups } = useWorld();
  const desk = useMemo(() => new Desk(id, library, backups), [id, library, backups]);
  const [phase, setPhase] = useState<Phase>({ is: "loading" });

  const load = () => {
    setPhase({ is: "loading" });
    desk.load().then(
      () => setPhase({ is: "there" }),
      (error: unknown) => {
        const missing = error instanceof ProblemError && error.status === 404;
        setPhase(missing ? { is: "missing" } : { is: "failed", message: sentenceOf(error) });
      },
    );
  };
  useEffect(() => {
    load();
    return () => desk.close();
  }, [desk]);

  if (phase.is === "there") return <Article desk={desk} me={me} />;
  return (
    <>
      <TopBar me={me}>
        <Back />
      </TopBar>
      <main class="article-wait">
        <Waiting phase={phase} retry={load} />
      </main>
    </>
  );
}

function Waiting({ phase, retry }: { phase: Exclude<Phase, { is: "there" }>; retry(): void }) {
  switch (phase.is) {
    case "loading":
      return <Skeleton lines={8} label="Loading the article" />;
    case "missing":
      return (
        <EmptyState icon={FileQuestion} title="No such article" actions={<a class="fd-button" href="/editor">All articles</a>}>
          The address may be mistyped. Articles are retired, never removed, so it is not gone.
        </EmptyState>
      );
    case "failed":
      return (
        <ErrorState title="The article could not be loaded" retry={retry}>
          {phase.message}
        </ErrorState>
      );
  }
}

function Back() {
  return (
    <a class="back" href="/editor">
      <Icon node={ArrowLeft} turns /> Articles
    </a>
  );
}

const SIDES = [
  { id: "text", words: "Text" },
  { id: "preview", words: "Preview" },
  { id: "details", words: "Details" },
] as const;

function Article({ desk, me }: { desk: Desk; me: Me }) {
  const [side, setSide] = useState<(typeof SIDES)[number]["id"]>("text");
  const leaving = useLeaving(desk);
  useSaveKey(desk);
  useSignedInAgain(() => void desk.flush());
  const title = desk.draft.value?.title.trim() || "Untitled";
  useEffect(() => {
    document.title = `${title} · Editor · Frontdesk`;
  }, [title]);

  return (
    <>
      <TopBar me={me}>
        <Back />
        <SaveState state={desk.autosave.value} retry={() => void desk.flush()} />
      </TopBar>
      <main class="article" data-side={side}>
        <Tabs class="side-tabs" name="side" label="Show" tabs={SIDES} now={side} choose={(id) => setSide(id)} />
        {desk.broughtBack.value && desk.autosave.value.trouble === null && (
          <p class="banner banner-info" role="status">
            Brought back what was not saved when this page was last closed.
          </p>
        )}
        <Unsaved desk={desk} />
        <Conflict desk={desk} me={me.name} />
        <div class="panes">
          <div class="pane pane-text" id="side-text-panel">
            <TextPane desk={desk} />
          </div>
          <div class="pane pane-preview" id="side-preview-panel">
            <PreviewPane desk={desk} />
          </div>
          <div class="pane pane-rail" id="side-details-panel">
            <Rail desk={desk} />
          </div>
        </div>
        {leaving.asked && <LeaveDialog desk={desk} answer={leaving.answer} />}
      </main>
    </>
  );
}

/** Why the text is not saved, and what becomes of it. */
function Unsaved({ desk }: { desk: Desk }) {
  const { trouble } = desk.autosave.value;
  if (trouble?.kind !== "failed") return null;
  const next = trouble.retryable ? "It is tried again by itself." : "It is tried again when something changes.";
  return (
    <p class="banner banner-bad" role="alert">
      <Icon node={TriangleAlert} />
      <span>
        {trouble.message} Your text is kept in this browser. {next}
      </span>
    </p>
  );
}
