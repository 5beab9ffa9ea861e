/**
 * The address bar as a signal. Links within the editor become steps of the history; whoever guards unsaved text is
 * asked before each one, also when the browser's own back button is used.
 */
import { signal, type Signal } from "@preact/signals";
import { addressOf, parseRoute, type Route } from "./route";

export interface Navigation {
  route: Signal<Route>;
  go(route: Route, options?: { replace?: boolean }): void;
  guard(leave: (() => Promise<boolean>) | null): void;
  /** Lets go of the page. */
  close(): void;
}

export function createNavigation(page: Window): Navigation {
  const here = () => parseRoute(page.location.pathname, page.location.search);
  const route = signal<Route>(here());
  let leave: (() => Promise<boolean>) | null = null;
  let asking = false;
  const closing = new AbortController();
  const { signal: closed } = closing;

  const mayLeave = async (to: Route): Promise<boolean> => {
    const from = route.value;
    const stays = from.view === to.view && (to.view !== "article" || (from.view === "article" && from.id === to.id));
    if (stays || leave === null) return true;
    if (asking) return false;
    asking = true;
    try {
      return await leave();
    } finally {
      asking = false;
    }
  };

  const show = (to: Route) => {
    const changed = route.value.view !== to.view;
    route.value = to;
    if (changed) page.scrollTo(0, 0);
  };

  const go: Navigation["go"] = (to, options = {}) => {
    void mayLeave(to).then((may) => {
      if (!may) return;
      if (options.replace) page.history.replaceState(null, "", addressOf(to));
      else page.history.pushState(null, "", addressOf(to));
      show(to);
    });
  };

  const stepped = () => {
    const to = here();
    void mayLeave(to).then((may) => {
      if (may) show(to);
      else page.history.pushState(null, "", addressOf(route.value));
    });
  };

  const clicked = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link === null || link.target !== "" || event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const { origin, pathname, search } = new URL(link.href, page.location.href);
    if (origin !== page.location.origin || !/^\/editor(\/|$)/.test(pathname)) return;
    event.preventDefault();
    go(parseRoute(pathname, search));
  };

  page.addEventListener("popstate", stepped, { signal: closed });
  page.document.addEventListener("click", clicked, { signal: closed });

  return {
    route,
    go,
    guard(next) {
      leave = next;
    },
    close: () => closing.abort(),
  };
}
