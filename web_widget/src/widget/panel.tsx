/** The panel's entry: joins session, state and view, and lives inside the loader's shadow root. */
import { render } from "preact";
import baseStyles from "../shared/base.css?inline";
import tokenStyles from "../shared/tokens.css?inline";
import { createApi } from "../shared/api";
import { cell, follow } from "../shared/cell";
import { cut } from "../shared/cut";
import type { PageContext, Panel, Shell } from "./contract";
import { announce } from "./announce";
import { createHelp } from "./help";
import styles from "./panel.css?inline";
import { coverPage, followKeyboard, NARROW } from "./phone";
import { fetchLine, Session } from "./session";
import { browserStorage } from "./storage";
import { signPlace } from "./place-sign";
import { createUi } from "./ui";
import { App } from "./view/app";
import { fetchRare } from "./view/use-rare";
import { WidgetContext, type Widget } from "./view/context";

function adopt(root: ShadowRoot): void {
  const sheets = [tokenStyles, baseStyles, styles].map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...sheets];
}

export function mountPanel(shell: Shell): Panel {
  const { origin, site, lang } = shell.settings;
  let context: PageContext = {};
  const page = () => ({
    url: cut(context.url ?? location.href, 500),
    title: cut(context.title ?? document.title, 200),
    referrer: cut(document.referrer, 500),
  });
  const session = new Session({ origin, site, locale: lang, storage: browserStorage(), page, forgotten });
  const where = () => ({ path: new URL(page().url, location.href).pathname, title: page().title });
  const ui = createUi(session.known ? { name: "talk" } : { name: "home" }, session.keeper.draft());
  const help = createHelp(createApi(origin), site, browserStorage("sessionStorage"), where);
  const widget: Widget = {
    session,
    ui,
    help,
    origin,
    locale: lang,
    close,
    askPerson() {
      const { status, outbox } = session.model.value;
      const taken = status?.owner === "queue" || status?.owner === "agent";
      if (!taken && !outbox.some((entry) => entry.frame.type === "ask_person")) session.write({ type: "ask_person" });
      ui.view.value = { name: "talk" };
    },
    openArticle(article) {
      help.visit.note("opened", [article.slug]);
      ui.view.value = { name: "article", article, from: ui.view.value.name === "home" ? "home" : "talk" };
    },
    talk() {
      ui.view.value = { name: "talk" };
      ui.focusComposer.value += 1;
    },
    send(text) {
      session.write({ type: "send", text: cut(text) });
      ui.view.value = { name: "talk" };
    },
    reset: () => session.reset(),
  };

  adopt(shell.root);
  const place = document.createElement("div");
  shell.stage.append(place);
  const phone = matchMedia(NARROW);
  const draw = () =>
    render(
      <WidgetContext.Provider value={widget}>
        <App modal={phone.matches} />
      </WidgetContext.Provider>,
      place,
    );
  draw();
  phone.addEventListener("change", draw);

  const visible = cell(document.visibilityState === "visible");
  const wake = () => {
    visible.value = document.visibilityState === "visible";
    if (visible.value) session.wake();
  };
  const look = () => session.look();
  addEventListener("storage", look);
  addEventListener("online", wake);
  document.addEventListener("visibilitychange", wake);
  const undo = [
    follow([ui.open, ui.view, visible], () => {
      session.watch(ui.open.value && ui.view.value.name === "talk" && visible.value);
    }),
    follow([session.unread], () => shell.unread(session.unread.value)),
    follow([ui.draft], () => session.keeper.keepDraft(ui.draft.value)),
    follow([ui.open], () => coverPage(shell.host, ui.open.value && phone.matches)),
    announce(session, shell),
    signPlace(session, ui, shell),
    followKeyboard(place),
    () => removeEventListener("storage", look),
    () => removeEventListener("online", wake),
    () => document.removeEventListener("visibilitychange", wake),
    () => phone.removeEventListener("change", draw),
  ];
  if (session.known) session.connect();

  function forgotten(): void {
    help.visit.forget();
    ui.draft.value = session.keeper.draft();
    ui.details.value = false;
    ui.view.value = { name: "home" };
    if (session.known) session.connect();
  }

  function close(): void {
    if (!ui.open.value) return;
    ui.open.value = false;
    shell.closed();
  }

  return {
    open(focus) {
      ui.open.value = true;
      // By the time that one of these is wanted, it is here.
      void Promise.all([fetchLine(), fetchRare(shell.root)]).catch(() => {});
      void fetchLine().catch(() => {});
      if (focus) requestAnimationFrame(() => focusPanel(shell.root));
    },
    close,
    send: (text) => widget.send(cut(text, session.model.value.textLimit)),
    prefill(text) {
      ui.draft.value = text;
      ui.view.value = { name: "talk" };
    },
    setContext(next) {
      context = next;
    },
    reset: widget.reset,
    destroy() {
      for (const run of undo) run();
      session.stop();
      coverPage(shell.host, false);
      render(null, place);
      place.remove();
    },
  };
}

/** Somewhere inside, if nothing inside has taken the focus yet. */
function focusPanel(root: ShadowRoot): void {
  const panel = root.getElementById("panel");
  if (panel && !panel.contains(root.activeElement)) panel.focus({ preventScroll: true });
}
