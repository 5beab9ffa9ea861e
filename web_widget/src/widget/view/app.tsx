/** The frame of the panel: a dialog with its header and one of three views. */
import { useEffect, useRef } from "preact/hooks";
import { useCell } from "../../shared/components/use-cell";
import { words } from "../words";
import { useWidget } from "./context";
import { Header } from "./header";
import { Home } from "./home";
import { Talk } from "./talk";
import { WithRare } from "./use-rare";

export function App({ modal }: { modal: boolean }) {
  const { ui, close } = useWidget();
  const box = useRef<HTMLDivElement>(null);
  const view = useCell(ui.view);
  const open = useCell(ui.open);
  useFocusInside(box, open, view.name);

  const onKeyDown = (event: KeyboardEvent) => {
    // The page behind must not take letters typed here for its own shortcuts.
    event.stopPropagation();
    if (event.key === "Escape" && !event.defaultPrevented && !event.isComposing) close();
    if (event.key === "Tab" && modal) keepInside(event, box.current);
  };
  return (
    <div
      ref={box}
      id="panel"
      class="panel"
      role="dialog"
      aria-label={words.panel}
      aria-modal={modal ? "true" : undefined}
      tabIndex={-1}
      hidden={!open}
      onKeyDown={onKeyDown}
    >
      <Header />
      {view.name === "home" && <Home />}
      {view.name === "talk" && <Talk />}
      {view.name === "article" && (
        <WithRare waiting={<div class="view" />}>
          {({ ArticleView }) => <ArticleView key={view.article.slug} article={view.article} from={view.from} />}
        </WithRare>
      )}
    </div>
  );
}

/** A change of view keeps the focus in the panel: what had it may be gone. */
function useFocusInside(box: { current: HTMLElement | null }, open: boolean, view: string): void {
  const before = useRef(view);
  useEffect(() => {
    const changed = before.current !== view;
    before.current = view;
    const root = box.current?.getRootNode() as ShadowRoot | undefined;
    if (open && changed && !root?.activeElement) box.current?.focus({ preventScroll: true });
  }, [open, view]);
}

/** Full screen on a phone: Tab goes round inside. */
function keepInside(event: KeyboardEvent, box: HTMLElement | null): void {
  const all = box?.querySelectorAll<HTMLElement>("button:not(:disabled), a[href], input, textarea, [tabindex='0']");
  const shown = Array.from(all ?? []).filter((element) => element.offsetParent !== null);
  const [first, last] = [shown[0], shown.at(-1)];
  const now = (box?.getRootNode() as ShadowRoot).activeElement;
  const leaving = event.shiftKey ? now === first || now === box : now === last;
  if (!leaving) return;
  event.preventDefault();
  (event.shiftKey ? last : first)?.focus();
}
