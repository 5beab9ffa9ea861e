import { useLayoutEffect } from "preact/hooks";
import styles from "../found.css?inline";

let sheet: CSSStyleSheet | null = null;

/** The styles of suggestions come with their chunk, into whatever root they are drawn in. */
export function useFoundStyles(box: { current: HTMLElement | null }): void {
  useLayoutEffect(() => {
    const root = box.current?.getRootNode();
    if (!(root instanceof ShadowRoot)) return;
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(styles);
    }
    if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  });
}
