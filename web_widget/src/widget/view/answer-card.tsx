/** An answer with its source: what was said, the article it comes from and its age, and whether it helped. */
import { ChevronRight, FileText, ThumbsDown, ThumbsUp } from "lucide";
import { IconButton } from "../../shared/components/button";
import { Icon } from "../../shared/components/icon";
import { Time } from "../../shared/components/time";
import { useNow } from "../../shared/components/use-now";
import type { AnswerRow } from "../rows";
import { articleRef } from "../ui";
import { words } from "../words";
import { useWidget } from "./context";
import { Linked } from "./linked";
import { Said } from "./rows";
import { WithRare } from "./use-rare";

const squeeze = (text: string) => text.replace(/\s+/gu, " ").trim();

export function AnswerCard({ row }: { row: AnswerRow }) {
  const { origin } = useWidget();
  const { hit, text } = row.event;
  // The passage itself keeps its lists and emphasis; other words stay plain.
  const passage = hit.html !== "" && squeeze(text) === squeeze(hit.text);
  const plain = (
    <p class="answer-text" dir="auto">
      <Linked text={text} />
    </p>
  );
  return (
    <Said row={row}>
      <div class="bubble answer">
        {passage ? (
          <WithRare waiting={plain} optional>
            {({ ArticleHtml }) => <ArticleHtml html={hit.html} base={origin} answering={hit.span} />}
          </WithRare>
        ) : (
          plain
        )}
        <Source row={row} />
        <Helpful row={row} />
      </div>
    </Said>
  );
}

function Source({ row }: { row: AnswerRow }) {
  const { locale, openArticle } = useWidget();
  const { hit } = row.event;
  const now = useNow(60);
  const heading = hit.heading === hit.article_title ? "" : hit.heading;
  return (
    <button
      type="button"
      class="source"
      onClick={() => openArticle(articleRef(hit.url, hit.article_slug, hit.article_title))}
    >
      <Icon node={FileText} />
      <span class="source-words" dir="auto">
        <span class="source-title">
          <span class="fd-hidden">{words.source}: </span>
          {hit.article_title}
        </span>
        <span class="source-line">
          {heading && (
            <>
              <span class="source-heading">{heading}</span>
              <span aria-hidden="true">·</span>
            </>
          )}
          <span>
            {words.updated} <Time at={hit.updated_at} form="ago" now={now} locale={locale} />
          </span>
        </span>
      </span>
      <Icon node={ChevronRight} turns class="way-go" />
    </button>
  );
}

function Helpful({ row }: { row: AnswerRow }) {
  const { session, help } = useWidget();
  const say = (helpful: boolean) => () => {
    if (row.helpful === helpful) return;
    if (helpful) help.visit.note("helped", [row.event.hit.article_slug]);
    session.write({ type: "feedback", answer_seq: row.event.seq, helpful });
  };
  const thanks = row.helpful === null ? words.helpful : row.helpful ? words.helpfulThanks : words.unhelpfulThanks;
  return (
    <div class="helpful">
      <span class="helpful-words" role="status">
        {thanks}
      </span>
      <IconButton icon={ThumbsUp} label={words.helpfulYes} aria-pressed={row.helpful === true} onClick={say(true)} />
      <IconButton icon={ThumbsDown} label={words.helpfulNo} aria-pressed={row.helpful === false} onClick={say(false)} />
    </div>
  );
}
