/** Articles for the last thing the customer wrote, or for what the agent looks for; put into the reply with one press. */
import { CornerDownLeft } from "lucide";
import { useEffect, useState } from "preact/hooks";
import type { Hit } from "../../shared/knowledge";
import { Button } from "../../shared/components/button";
import { Skeleton } from "../../shared/components/skeleton";
import { hideDetails } from "../page";
import { stance } from "../state/queue";
import { useBench, usePick } from "./bench";
import { Part } from "./packet-view";

type Found = { is: "loading" } | { is: "failed" } | { is: "here"; hits: readonly Hit[] };

const PAUSE_MS = 250;
/** Enough of a long message to find an article by. */
const MOST_ASKED = 500;

export function Articles({ conversation, question }: { conversation: string; question: string }) {
  const [typed, setTyped] = useState("");
  const searched = typed.trim() !== "";
  const asked = (searched ? typed.trim() : question).slice(0, MOST_ASKED);
  const [found, setFound] = useState<Found>({ is: "loading" });
  const [attempt, setAttempt] = useState(0);
  const { search } = useBench();
  useEffect(() => {
    if (asked === "") {
      setFound({ is: "here", hits: [] });
      return;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      search(asked, stop.signal).then(
        ({ hits, decision }) => setFound({ is: "here", hits: decision === "none" && !searched ? [] : hits }),
        () => stop.signal.aborted || setFound({ is: "failed" }),
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [asked, attempt]);
  return (
    <Part title="Suggested articles">
      <input
        class="fd-input articles-field"
        type="search"
        aria-label="Search articles"
        placeholder="Search articles"
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      {found.is === "loading" && <Skeleton lines={3} label="Looking for articles" />}
      {found.is === "failed" && (
        <div role="alert" class="articles-none">
          <p>Articles cannot be searched at the moment.</p>
          <Button small onClick={() => setAttempt(attempt + 1)}>
            Try again
          </Button>
        </div>
      )}
      {found.is === "here" && <Hits conversation={conversation} hits={found.hits} asked={asked} searched={searched} />}
    </Part>
  );
}

interface HitsProps {
  conversation: string;
  hits: readonly Hit[];
  asked: string;
  /** The agent looks for something: then even a weak match is shown. */
  searched: boolean;
}

function Hits({ conversation, hits, asked, searched }: HitsProps) {
  if (asked === "") return <p class="quiet">No question to find articles by yet. You can search above.</p>;
  if (hits.length === 0) return <p class="quiet">{searched ? "No article found." : "No article fits their last message."}</p>;
  return (
    <ul class="articles">
      {hits.map((hit) => (
        <Article key={hit.passage_id} conversation={conversation} hit={hit} />
      ))}
    </ul>
  );
}

function Article({ conversation, hit }: { conversation: string; hit: Hit }) {
  const { desk, page } = useBench();
  const mine = usePick((state) => stance(state, conversation)) === "mine";
  return (
    <li class="article">
      <a class="article-title" href={hit.url} target="_blank" rel="noopener" dir="auto">
        {hit.article_title}
        {hit.heading !== "" && <span class="article-heading">{hit.heading}</span>}
      </a>
      {mine && (
        <Button
          small
          icon={CornerDownLeft}
          aria-label={`Insert ${hit.article_title} into the reply`}
          onClick={() => {
            desk.dispatch({ type: "insert", conversation, text: `${hit.text}\n${new URL(hit.url, location.origin).href}` });
            hideDetails(page);
            page.focusComposer.value = true;
          }}
        >
          Insert
        </Button>
      )}
      <p class="article-text" dir="auto">
        {hit.text}
      </p>
    </li>
  );
}
