/** Ask as a customer would, and see what Fern would do: which passages, how sure, against which thresholds. */
import { useEffect, useState } from "preact/hooks";
import { Button } from "../../shared/components/button";
import type { Hit, SearchReply } from "../../shared/knowledge";
import type { Desk } from "../desk";
import { barOf, percent, verdictOf } from "../verdict";
import { tookTime } from "../when";
import { useWorld } from "./context";
import { ProblemLine } from "./problem";
import { useTask } from "./use-task";

type Against = "draft" | "live";

export function TestBox({ desk }: { desk: Desk }) {
  const { library } = useWorld();
  const [question, setQuestion] = useState("");
  const [against, setAgainst] = useState<Against>("draft");
  const [result, setResult] = useState<{ reply: SearchReply; against: Against; unsaved: boolean } | null>(null);
  const task = useTask();
  const live = desk.article.value?.published_revision ?? null;
  useEffect(() => setResult(null), [live]); // It was about what customers saw before.

  const ask = (words: string, where: Against) =>
    task.run(async () => {
      if (words.trim() === "") return;
      // The draft that is tested is the saved one.
      const saved = where === "live" || (await desk.flush());
      const reply = await library.test(words.trim(), where === "draft" ? desk.id : null);
      setResult({ reply, against: where, unsaved: !saved });
    });

  const turn = (where: Against) => {
    setAgainst(where);
    if (result !== null) void ask(question, where);
  };

  return (
    <div class="test">
      <form
        class="test-form"
        onSubmit={(event) => {
          event.preventDefault();
          void ask(question, against);
        }}
      >
        <label class="fd-field">
          <span class="fd-label">A customer asks</span>
          <textarea
            class="fd-input"
            rows={2}
            maxLength={4000}
            placeholder="My boots are too small, can I swap them?"
            value={question}
            onInput={(event) => setQuestion(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
              event.preventDefault();
              void ask(question, against);
            }}
          />
        </label>
        <div class="test-actions">
          <div class="segments" role="group" aria-label="Answer from">
            <Choice value="draft" now={against} choose={turn} words="With this draft" />
            <Choice value="live" now={against} choose={turn} words="Live" />
          </div>
          <Button type="submit" disabled={task.busy || question.trim() === ""}>
            {task.busy ? "Asking…" : "Ask"}
          </Button>
        </div>
      </form>
      <ProblemLine message={task.problem} />
      {result === null ? (
        <p class="field-note">See what Fern would answer, before or after publishing. Nothing is sent to anybody.</p>
      ) : (
        <Result reply={result.reply} slug={desk.article.value?.slug ?? ""} unsaved={result.unsaved} />
      )}
    </div>
  );
}

interface ChoiceProps {
  value: Against;
  now: Against;
  words: string;
  choose(value: Against): void;
}

function Choice({ value, now, words, choose }: ChoiceProps) {
  return (
    <button type="button" class="segment" aria-pressed={now === value} onClick={() => choose(value)}>
      {words}
    </button>
  );
}

function Result({ reply, slug, unsaved }: { reply: SearchReply; slug: string; unsaved: boolean }) {
  const verdict = verdictOf(reply);
  return (
    <div class="test-result" role="status">
      {unsaved && <p class="field-note">The draft could not be saved; this is of its last saved text.</p>}
      <div class="verdict">
        <span class={`fd-tag verdict-word verdict-${verdict.tone}`}>{verdict.word}</span>
        <Gauge reply={reply} />
        <p class="verdict-sentence">{verdict.sentence}</p>
      </div>
      {reply.hits.length > 0 && (
        <ol class="hits">
          {reply.hits.map((hit) => (
            <HitRow key={hit.passage_id} hit={hit} bar={barOf(reply, hit.score)} own={hit.article_slug === slug} />
          ))}
        </ol>
      )}
      <p class="field-note fd-numbers">Took {tookTime(reply.took_ms)}. Bars compare passages within this answer only.</p>
    </div>
  );
}

/** How sure, on a line with both thresholds marked. Drawn as SVG: widths need no style attribute. */
function Gauge({ reply }: { reply: SearchReply }) {
  const x = (share: number) => Math.min(1, Math.max(0, share)) * 100;
  const words =
    `Confidence ${percent(reply.confidence)}; asks back from ${percent(reply.clarify_threshold)}, ` +
    `answers from ${percent(reply.answer_threshold)}.`;
  return (
    <div class="gauge">
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label={words}>
        <rect class="gauge-track" x="0" y="3" width="100" height="4" />
        <rect class={`gauge-fill gauge-${reply.decision}`} x="0" y="3" width={x(reply.confidence)} height="4" />
        <rect class="gauge-mark" x={x(reply.clarify_threshold)} y="0" width="0.5" height="10" />
        <rect class="gauge-mark" x={x(reply.answer_threshold)} y="0" width="0.5" height="10" />
      </svg>
      <p class="gauge-key fd-numbers" aria-hidden="true">
        <span>{percent(reply.confidence)} sure</span>
        <span>
          asks back {percent(reply.clarify_threshold)} · answers {percent(reply.answer_threshold)}
        </span>
      </p>
    </div>
  );
}

function HitRow({ hit, bar, own }: { hit: Hit; bar: number; own: boolean }) {
  return (
    <li class={own ? "hit hit-own" : "hit"}>
      <p class="hit-title">
        {hit.article_title}
        {own && <span class="fd-tag">this article</span>}
      </p>
      {hit.heading !== "" && <p class="hit-heading">{hit.heading}</p>}
      <svg class="hit-bar" viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label={`Score ${hit.score.toFixed(3)}`}>
        <rect class="gauge-track" width="100" height="4" />
        <rect class="hit-fill" width={bar * 100} height="4" />
      </svg>
      <p class="hit-text">{hit.text}</p>
    </li>
  );
}
