/** On a narrow screen the panel covers the page: the page rests, and the panel follows the keyboard. */

export const NARROW = "(max-width: 479.98px)";

const rested = new Set<HTMLElement>();
let overflow: string | null = null;

/** Makes everything beside the widget inert and still, or gives it back as it was. */
export function coverPage(host: HTMLElement, cover: boolean): void {
  const page = document.documentElement;
  if (cover) {
    for (const element of Array.from(document.body.children)) {
      if (!(element instanceof HTMLElement) || element === host || element.inert) continue;
      element.inert = true;
      rested.add(element);
    }
    overflow ??= page.style.overflow;
    page.style.overflow = "hidden";
    return;
  }
  for (const element of rested) element.inert = false;
  rested.clear();
  if (overflow !== null) page.style.overflow = overflow;
  overflow = null;
}

/** Keeps `--view-height` and `--view-top` of an element at the part of the screen that the keyboard leaves. */
export function followKeyboard(element: HTMLElement): () => void {
  const view = window.visualViewport;
  if (!view) return () => {};
  const follow = () => {
    element.style.setProperty("--view-height", `${Math.round(view.height)}px`);
    element.style.setProperty("--view-top", `${Math.round(view.offsetTop)}px`);
  };
  follow();
  view.addEventListener("resize", follow);
  view.addEventListener("scroll", follow);
  return () => {
    view.removeEventListener("resize", follow);
    view.removeEventListener("scroll", follow);
  };
}
