/**
 * The one script a site embeds: draws the launcher, keeps calls until the panel is there, and fetches the panel when
 * it is needed — on a press, on a call, or quietly when this browser already has a conversation.
 */
import type { Panel, PanelModule, Shell } from "./contract";
import { Launcher } from "./launcher";
import styles from "./loader.css?inline";
import { direction, isTheme, readSettings } from "./settings";

declare const __PANEL_FILE__: string;

type Command = [name: string, ...rest: unknown[]];
type Listener = (detail: unknown) => void;
interface Stub {
  (...command: Command): void;
  q?: ArrayLike<unknown>[];
  loaded?: boolean;
}

const TAG = "frontdesk-widget";
const page = window as unknown as { frontdesk?: Stub };

function start(script: HTMLScriptElement): void {
  const settings = readSettings(script.dataset, {
    src: script.src,
    pageLang: document.documentElement.lang,
    browserLang: navigator.language,
  });
  const host = document.createElement(TAG);
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  root.adoptedStyleSheets = [sheet];
  const stage = document.createElement("div");
  stage.className = "fd-root";
  stage.lang = settings.lang;
  stage.dir = direction(settings.lang);
  stage.dataset.position = settings.position;
  root.append(stage);

  const listeners = new Map<string, Set<Listener>>();
  const launcher = new Launcher(() => (opened ? close() : open(true)));
  stage.append(launcher.button);
  let panel: Promise<Panel> | null = null;
  let opened = false;
  let prefix = "";

  function emit(name: string, detail?: unknown): void {
    host.dispatchEvent(new CustomEvent(`frontdesk:${name}`, { detail, bubbles: true, composed: true }));
    for (const listener of listeners.get(name) ?? []) listener(detail);
  }

  /** The number in front of the page's title, whatever the page makes of the rest. */
  function unread(count: number): void {
    launcher.count = count;
    const title = document.title.startsWith(prefix) ? document.title.slice(prefix.length) : document.title;
    prefix = count > 0 ? `(${count}) ` : "";
    if (document.title !== prefix + title) document.title = prefix + title;
    emit("unread", { count });
  }

  function closed(): void {
    opened = false;
    launcher.open = false;
    launcher.button.focus({ preventScroll: true });
    emit("close");
  }

  const shell: Shell = { root, host, stage, settings, emit, unread, closed };

  function load(): Promise<Panel> {
    if (!panel) {
      const file = new URL(__PANEL_FILE__, script.src).href;
      const loading = (import(/* @vite-ignore */ file) as Promise<PanelModule>).then((module) => module.mountPanel(shell));
      panel = loading;
      // A panel that could not be fetched is fetched again at the next press.
      loading.catch((error: unknown) => {
        panel = null;
        opened = false;
        launcher.open = false;
        emit("error", { message: String(error) });
      });
    }
    return panel;
  }

  const withPanel = (run: (panel: Panel) => void) => void load().then(run, () => {});

  function open(focus: boolean): void {
    if (opened) return;
    opened = true;
    launcher.button.ariaBusy = "true";
    withPanel((loaded) => {
      if (!opened) return;
      launcher.open = true;
      loaded.open(focus);
      emit("open");
    });
    void panel?.catch(() => {}).finally(() => (launcher.button.ariaBusy = null));
  }

  function close(): void {
    if (!opened) return;
    withPanel((loaded) => loaded.close());
  }

  function theme(value: unknown): void {
    if (!isTheme(value)) return;
    if (value === "auto") delete stage.dataset.theme;
    else stage.dataset.theme = value;
  }

  const commands: Record<string, (...rest: never[]) => void> = {
    ready: (run: (api: Stub) => void) => run(call),
    open: () => open(true),
    close,
    toggle: () => (opened ? close() : open(true)),
    show: () => (host.hidden = false),
    hide: () => (host.hidden = true),
    destroy() {
      if (panel) withPanel((loaded) => loaded.destroy());
      unread(0);
      host.remove();
      delete page.frontdesk;
    },
    reset: () => withPanel((loaded) => loaded.reset()),
    setContext: (context: { url?: string; title?: string }) => withPanel((loaded) => loaded.setContext(context)),
    setTheme: theme,
    send: (text: string) => {
      open(true);
      withPanel((loaded) => loaded.send(text));
    },
    prefill: (text: string) => {
      open(true);
      withPanel((loaded) => loaded.prefill(text));
    },
    on(name: string, run: Listener) {
      listeners.set(name, (listeners.get(name) ?? new Set()).add(run));
    },
    off: (name: string, run: Listener) => void listeners.get(name)?.delete(run),
  };

  const call: Stub = (name, ...rest) => {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command) command(...(rest as never[]));
    else console.warn(`frontdesk: there is no command "${name}"`);
  };
  call.loaded = true;
  const waiting = page.frontdesk?.q ?? [];
  page.frontdesk = call;

  document.body.append(host);
  theme(settings.theme);
  registerAccent();
  for (const command of Array.from(waiting)) call(...(Array.from(command) as Command));
  if (known(settings.site)) (window.requestIdleCallback ?? setTimeout)(() => void load().catch(() => {}));
  // A finger on the button: by the time it is pressed the panel is here.
  launcher.button.addEventListener("pointerenter", () => void load().catch(() => {}), { once: true });
  emit("ready");
}

/** The site's own colour, by custom property: what is not a colour counts as not given. */
function registerAccent(): void {
  try {
    const initialValue = "oklch(0.455 0.084 172)";
    CSS.registerProperty({ name: "--frontdesk-accent", syntax: "<color>", inherits: true, initialValue });
  } catch {
    // Registered before: the script was loaded twice.
  }
}

/** Whether this browser has a conversation, or words that never got out; the keys are those of storage.ts and local.ts. */
function known(site: string): boolean {
  try {
    const prefix = `frontdesk:${site}:`;
    return prefix + "identity" in localStorage || prefix + "outbox:" in localStorage;
  } catch {
    return false;
  }
}

const script = document.currentScript as HTMLScriptElement | null;
if (script && !page.frontdesk?.loaded) {
  if (document.body) start(script);
  else addEventListener("DOMContentLoaded", () => start(script), { once: true });
}
