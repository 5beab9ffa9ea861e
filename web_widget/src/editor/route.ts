/** Addresses of the editor's views, in both directions. Pure: the history is elsewhere. */
import { EVERYTHING, STATE_FILTERS, type ListFilter, type StateFilter } from "./rows";

export type Route =
  | { view: "list"; filter: ListFilter }
  | { view: "new" }
  | { view: "article"; id: string };

export function parseRoute(path: string, search: string): Route {
  const parts = path.split("/").filter(Boolean).slice(1);
  const id = parts[0];
  if (id === undefined) return { view: "list", filter: parseFilter(search) };
  return id === "new" ? { view: "new" } : { view: "article", id: safeDecode(id) };
}

export function addressOf(route: Route): string {
  if (route.view === "new") return "/editor/new";
  if (route.view === "article") return `/editor/${encodeURIComponent(route.id)}`;
  const query = new URLSearchParams();
  if (route.filter.q !== "") query.set("q", route.filter.q);
  if (route.filter.state !== "all") query.set("state", route.filter.state);
  if (route.filter.category !== "") query.set("category", route.filter.category);
  const text = query.toString();
  return text === "" ? "/editor" : `/editor?${text}`;
}

function parseFilter(search: string): ListFilter {
  const query = new URLSearchParams(search);
  const state = query.get("state") as StateFilter | null;
  return {
    q: query.get("q") ?? EVERYTHING.q,
    state: state !== null && STATE_FILTERS.includes(state) ? state : "all",
    category: query.get("category") ?? EVERYTHING.category,
  };
}

function safeDecode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
