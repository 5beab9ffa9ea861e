/** A row of tabs by the usual rules: one is in the tab order, arrows move. Panels are `<name>-<id>-panel`. */

interface Props<Id extends string> {
  name: string;
  label: string;
  tabs: readonly { id: Id; words: string }[];
  now: Id;
  choose(id: Id): void;
  class?: string;
}

export function Tabs<Id extends string>({ name, label, tabs, now, choose, class: extra }: Props<Id>) {
  const move = (event: KeyboardEvent, index: number) => {
    const ways: Record<string, number> = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: tabs.length - 1 };
    const to = ways[event.key];
    const next = to === undefined ? undefined : tabs.at(to % tabs.length);
    if (next === undefined) return;
    event.preventDefault();
    choose(next.id);
    document.getElementById(`${name}-${next.id}`)?.focus();
  };
  return (
    <div class={["tabs", extra].filter(Boolean).join(" ")} role="tablist" aria-label={label}>
      {tabs.map((tab, index) => (
        <button
          key={tab.id}
          type="button"
          class="tab"
          role="tab"
          id={`${name}-${tab.id}`}
          aria-controls={`${name}-${tab.id}-panel`}
          aria-selected={tab.id === now}
          tabIndex={tab.id === now ? 0 : -1}
          onClick={() => choose(tab.id)}
          onKeyDown={(event) => move(event, index)}
        >
          {tab.words}
        </button>
      ))}
    </div>
  );
}
