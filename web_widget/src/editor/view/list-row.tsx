/** One article in the list, and the bones of some while they load. */
import { Time } from "../../shared/components/time";
import { useDelayed } from "../../shared/components/use-delayed";
import type { EditorRow } from "../../shared/knowledge";
import { categoryName } from "../category";
import { addressOf } from "../route";
import { StateChip } from "./state-chip";

export function ListRow({ row, now }: { row: EditorRow; now: number }) {
  return (
    <li>
      <a class="row" href={addressOf({ view: "article", id: row.id })}>
        <span class="row-name">
          <span class="row-title">{row.title}</span>
          <span class="row-slug">/help/{row.slug}</span>
        </span>
        <span class="row-category">{categoryName(row.category)}</span>
        <StateChip state={row.state} />
        <span class="row-when">
          <span class="row-who">{row.updated_by}</span>
          <Time at={row.updated_at} form="ago" now={now} />
        </span>
      </a>
    </li>
  );
}

/** Nothing under 300 ms: what is quick never flickers. */
export function ListSkeleton() {
  const late = useDelayed(300);
  return (
    <div role="status">
      <span class="fd-hidden">{late ? "Loading articles" : ""}</span>
      {late && (
        <div class="rows" aria-hidden="true">
          {[0, 1, 2, 3, 4, 5].map((index) => (
            <div key={index} class="row row-bones">
              <div class="fd-skeleton-line" />
              <div class="fd-skeleton-line bone-short" />
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
