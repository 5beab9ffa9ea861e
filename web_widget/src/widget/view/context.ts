/** What every part of the panel may reach, without passing it through every part. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Help } from "../help";
import type { Session } from "../session";
import type { ArticleRef, Ui } from "../ui";

export interface Widget {
  readonly session: Session;
  readonly ui: Ui;
  readonly help: Help;
  readonly origin: string;
  readonly locale: string;
  close(): void;
  askPerson(): void;
  openArticle(article: ArticleRef): void;
  /** Into the conversation, with the focus in the composer. */
  talk(): void;
  send(text: string): void;
  reset(): void;
}

export const WidgetContext = createContext<Widget | null>(null);

export function useWidget(): Widget {
  const widget = useContext(WidgetContext);
  if (!widget) throw new Error("outside of the panel");
  return widget;
}
