/** All articles: search, filter by state and category, and the way to a new one. */
import { BookOpen, Plus, Search, SearchX } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { Button } from "../../shared/components/button";
import { Icon } from "../../shared/components/icon";
import { EmptyState, ErrorState } from "../../shared/components/state";
import { useNow } from "../../shared/components/use-now";
import type { EditorRow } from "../../shared/knowledge";
import { categoryName } from "../category";
import { STATE_WORD } from "../chip";
import { sentenceOf } from "../library";
import { EVERYTHING, STATE_FILTERS, categories, isFiltered, shown, stateCounts, type ListFilter } from "../rows";
import { useWorld } from "./context";
import { ListRow, ListSkeleton } from "./list-row";

type Loaded = { is: "loading" } | { is: "failed"; message: string } | { is: "there"; rows: EditorRow[] };

export function ListPage({ filter }: { filter: ListFilter }) {
  const { library, go } = useWorld();
  const [loaded, setLoaded] = useState<Loaded>({ is: "loading" });

  const load = () => {
    setLoaded({ is: "loading" });
    library.articles().then(
      (rows) => setLoaded({ is: "there", rows }),
      (error: unknown) => setLoaded({ is: "failed", message: sentenceOf(error) }),
    );
  };
  useEffect(load, [library]);
  useEffect(() => {
    document.title = "Articles · Editor · Frontdesk";
  }, []);

  const set = (patch: Partial<ListFilter>) => go({ view: "list", filter: { ...filter, ...patch } }, { replace: true });
  const rows = loaded.is === "there" ? loaded.rows : null;
  return (
    <main class="list">
      <header class="list-head">
        <h1>Articles</h1>
        <a class="fd-button fd-button-primary" href="/editor/new">
          <Icon node={Plus} /> New article
        </a>
      </header>
      {rows?.length !== 0 && <Filters filter={filter} rows={rows} set={set} />}
      <ListBody loaded={loaded} filter={filter} retry={load} clear={() => set(EVERYTHING)} />
    </main>
  );
}

interface FiltersProps {
  filter: ListFilter;
  /** Null until they are known: then no figures are shown rather than wrong ones. */
  rows: EditorRow[] | null;
  set(patch: Partial<ListFilter>): void;
}

function Filters({ filter, rows, set }: FiltersProps) {
  const count = rows === null ? null : stateCounts(rows, filter);
  const names = categories(rows ?? []);
  if (filter.category !== "" && !names.includes(filter.category)) names.push(filter.category);
  return (
    <div class="filters">
      <label class="search">
        <Icon node={Search} />
        <span class="fd-hidden">Search articles</span>
        <input
          class="fd-input"
          type="search"
          placeholder="Search title or address"
          value={filter.q}
          onInput={(event) => set({ q: event.currentTarget.value })}
        />
      </label>
      <div class="segments" role="group" aria-label="State">
        {STATE_FILTERS.map((state) => (
          <button
            key={state}
            type="button"
            class="segment"
            aria-pressed={filter.state === state}
            onClick={() => set({ state })}
          >
            {state === "all" ? "All" : STATE_WORD[state]} {count !== null && <span class="count">{count[state]}</span>}
          </button>
        ))}
      </div>
      <label class="category-filter">
        <span class="fd-hidden">Category</span>
        <select class="fd-input" value={filter.category} onChange={(event) => set({ category: event.currentTarget.value })}>
          <option value="">Every category</option>
          {names.map((name) => (
            <option key={name} value={name}>
              {categoryName(name)}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

interface BodyProps {
  loaded: Loaded;
  filter: ListFilter;
  retry(): void;
  clear(): void;
}

function ListBody({ loaded, filter, retry, clear }: BodyProps) {
  const now = useNow(60);
  if (loaded.is === "loading") return <ListSkeleton />;
  if (loaded.is === "failed") {
    return (
      <ErrorState title="The articles could not be loaded" retry={retry}>
        {loaded.message}
      </ErrorState>
    );
  }
  if (loaded.rows.length === 0) return <Nothing />;
  const rows = shown(loaded.rows, filter);
  if (rows.length === 0) {
    const words = filter.q.trim();
    const where = words === "" ? "Nothing is here" : `Nothing has “${words}” in its title, address or category`;
    const also = words !== "" && isFiltered({ ...filter, q: "" }) ? " under these filters." : ".";
    return (
      <EmptyState
        icon={SearchX}
        title="No article matches"
        actions={<Button onClick={clear}>Show all {loaded.rows.length}</Button>}
      >
        {where + also}
      </EmptyState>
    );
  }
  return (
    <>
      <p class="fd-hidden" role="status">
        {rows.length === 1 ? "1 article" : `${rows.length} articles`}
      </p>
      <ul class="rows">
        {rows.map((row) => (
          <ListRow key={row.id} row={row} now={now} />
        ))}
      </ul>
    </>
  );
}

function Nothing() {
  const action = (
    <a class="fd-button fd-button-primary" href="/editor/new">
      <Icon node={Plus} /> Write the first article
    </a>
  );
  return (
    <EmptyState icon={BookOpen} title="Nothing written yet" actions={action}>
      An article explains one thing that customers ask about. Fern answers from it seconds after you publish it, and it
      appears in the help centre.
    </EmptyState>
  );
}
