/** Where an answer comes from: the article, the place in it, its age. */
import { FileText } from "lucide";
import type { Hit } from "../../shared/knowledge";
import { Icon } from "../../shared/components/icon";
import { Time } from "../../shared/components/time";

export function SourceCard({ hit }: { hit: Hit }) {
  return (
    <a class="source" href={hit.url} target="_blank" rel="noopener">
      <Icon node={FileText} />
      <span class="source-words">
        <span class="source-title" dir="auto">
          {hit.article_title}
        </span>
        <span class="source-facts">
          {hit.heading !== "" && <span dir="auto">{hit.heading} · </span>}
          changed <Time at={hit.updated_at} form="date" />
        </span>
      </span>
    </a>
  );
}
