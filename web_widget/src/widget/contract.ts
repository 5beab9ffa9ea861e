/** What loader and panel promise each other. Types only: the loader must stay small. */

export type Theme = "auto" | "light" | "dark";

export interface Settings {
  /** Key of everything kept in browser storage. */
  site: string;
  /** BCP 47; never `auto`. */
  lang: string;
  theme: Theme;
  position: "start" | "end";
  /** Where the script came from: sockets and HTTP go there. */
  origin: string;
}

/** The part of the page that the loader owns and the panel lives in. */
export interface Shell {
  readonly root: ShadowRoot;
  readonly host: HTMLElement;
  /** The element with theme, language and direction; the panel draws inside. */
  readonly stage: HTMLElement;
  readonly settings: Settings;
  emit(name: string, detail?: unknown): void;
  unread(count: number): void;
  /** The customer closed the panel from inside. */
  closed(): void;
}

export interface PageContext {
  url?: string;
  title?: string;
}

export interface Panel {
  /** `focus` false when the page opens it by itself: then nobody's focus is taken. */
  open(focus: boolean): void;
  close(): void;
  send(text: string): void;
  prefill(text: string): void;
  setContext(page: PageContext): void;
  reset(): void;
  destroy(): void;
}

export interface PanelModule {
  mountPanel(shell: Shell): Panel;
}
