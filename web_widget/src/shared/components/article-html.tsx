/** Sanitised article HTML, rebuilt from the allow-list of `html.ts`. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { rebuildHtml } from "../html";

interface Props {
  html: string;
  /** The address that paths in the article belong to, if not the page's own. */
  base?: string;
}

export function ArticleHtml({ html, base = "" }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    box.current?.replaceChildren(rebuildHtml(html, base));
  }, [html, base]);
  return <div class="fd-article" dir="auto" ref={box} />;
}
