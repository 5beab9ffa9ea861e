/** Sanitised article HTML, rebuilt from the allow-list of `html.ts`. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { highlight } from "../highlight";
import { rebuildHtml } from "../html";

interface Props {
  html: string;
  /** The address that paths in the article belong to, if not the page's own. */
  base?: string;
  /** The words in it that answer, to be marked. */
  answering?: string;
}

export function ArticleHtml({ html, base = "", answering = "" }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const article = rebuildHtml(html, base);
    highlight(article, answering);
    box.current?.replaceChildren(article);
  }, [html, base, answering]);
  return <div class="fd-article" dir="auto" ref={box} />;
}
