/** One article: text, preview and rail side by side; on narrow screens they take turns. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { ArrowLeft, FileQuestion } from "lucide";
import { Icon } from "../../shared/components/icon";
import { Skeleton } from "../../shared/components/skeleton";
import { EmptyState, ErrorState } from "../../shared/components/state";
import { ProblemError } from "../../shared/api";
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
import { useLeaving, useSaveKey } from "./use-leaving";

type Phase = { is: "loading" } | { is: "there" } | { is: "missing" } | { is: "failed"; message: string };

export function ArticlePage({ id, me }: { id: string; me: string }) {
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

  switch (phase.is) {
    case "loading":
      return (
        <main class="article-wait">
          <Skeleton lines={8} label="Loading the article" />
        </main>
      );
    case "missing":
      return (
        <main class="article-wait">
          <EmptyState icon={FileQuestion} title="No such article" actions={<a class="fd-button" href="/editor">All articles</a>}>
            The address may be mistyped. Articles are retired, never removed, so it is not gone.
          </EmptyState>
        </main>
      );
    case "failed":
      return (
        <main class="article-wait">
          <ErrorState title="The article could not be loaded" retry={load}>
            {phase.message}
          </ErrorState>
        </main>
      );
    case "there":
      return <Article desk={desk} me={me} />;
  }
}

const SIDES = [
  { id: "text", words: "Text" },
  { id: "preview", words: "Preview" },
  { id: "details", words: "Details" },
] as const;

function Article({ desk, me }: { desk: Desk; me: string }) {
  const [side, setSide] = useState<(typeof SIDES)[number]["id"]>("text");
  const leaving = useLeaving(desk);
  useSaveKey(desk);
  const title = desk.draft.value?.title.trim() || "Untitled";
  useEffect(() => {
    document.title = `${title} · Editor · Frontdesk`;
  }, [title]);

  return (
    <main class="article" data-side={side}>
      <header class="article-bar">
        <a class="back" href="/editor">
          <Icon node={ArrowLeft} turns /> Articles
        </a>
        <SaveState state={desk.autosave.value} retry={() => void desk.flush()} />
      </header>
      <Tabs class="side-tabs" name="side" label="Show" tabs={SIDES} now={side} choose={(id) => setSide(id)} />
      {desk.broughtBack.value && desk.autosave.value.trouble === null && (
        <p class="banner banner-info" role="status">
          Brought back what was not saved when this page was last closed.
        </p>
      )}
      <Conflict desk={desk} me={me} />
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
  );
}
