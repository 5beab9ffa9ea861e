/** The summary line by line: what they want, what identifies it, what was tried, how it reads; each leads to its place. */
import { CircleCheck, CircleHelp, CircleX, LocateFixed, PencilLine, SearchX } from "lucide";
import type { ComponentChildren } from "preact";
import { Icon, type IconNode } from "../../shared/components/icon";
import type { Attempt, Mood, Packet, TriedAnswer } from "../../shared/protocol";
import type { Corrected } from "../state/corrections";
import { quoted, type Quote, type Spot } from "../state/spot";
import { ATTEMPT_WORD, CUE_WORD, factLabel, percent, TONE_WORD } from "../state/words";
import { showSpot } from "../page";
import { useBench } from "./bench";
import { Copyable } from "./copyable";

type Place = Omit<Spot, "conversation">;

/** Words of the log; pressed, the log shows where they stand. */
export function Jump({ conversation, place, children, class: extra = "" }: { conversation: string; place: Place; children: ComponentChildren; class?: string }) {
  const { page } = useBench();
  const { seq, start, end } = place;
  const go = () => showSpot(page, start === undefined ? { conversation, seq } : { conversation, seq, start, end });
  return (
    <button type="button" class={`jump ${extra}`} title="Show it in the chat" dir="auto" onClick={go}>
      {children}
    </button>
  );
}

function Said({ conversation, quote }: { conversation: string; quote: Quote }) {
  return (
    <Jump conversation={conversation} place={quote}>
      “{quoted(quote)}”
    </Jump>
  );
}

interface PartProps {
  conversation: string;
  packet: Packet;
  corrected: Corrected | undefined;
}

export function Wants({ conversation, packet, corrected }: PartProps) {
  const original =
    packet.wants.length === 0 ? (
      <p dir="auto">{packet.summary}</p>
    ) : (
      <ul class="wants">
        {packet.wants.map((quote) => (
          <li key={`${quote.seq}-${quote.start}`}>
            <Said conversation={conversation} quote={quote} />
          </li>
        ))}
      </ul>
    );
  return (
    <Corrigible conversation={conversation} corrected={corrected}>
      {original}
    </Corrigible>
  );
}

/** What the customer put in its place, and behind it what the log says. */
export function Corrigible({ conversation, corrected, children }: { conversation: string; corrected: Corrected | undefined; children: ComponentChildren }) {
  if (corrected === undefined) return <>{children}</>;
  return (
    <div class="corrected">
      <p class="corrected-mark">
        <Icon node={PencilLine} />
        {corrected.text === "" ? "Left out by the customer" : "Corrected by the customer"}
      </p>
      {corrected.text !== "" && (
        <Jump conversation={conversation} place={{ seq: corrected.seq }} class="corrected-text">
          {corrected.text}
        </Jump>
      )}
      <details class="heard">
        <summary>What the log says</summary>
        {children}
      </details>
    </div>
  );
}

export function Facts({ conversation, packet, others }: { conversation: string; packet: Packet; others: readonly { name: string; value: string }[] }) {
  return (
    <dl class="facts">
      {packet.facts.map(({ kind, value, quote }) => (
        <Fact key={kind + value} name={factLabel(kind)} value={value}>
          {quote !== null && (
            <Jump conversation={conversation} place={quote} class="jump-icon">
              <Icon node={LocateFixed} label={`Show ${value} in the chat`} />
            </Jump>
          )}
        </Fact>
      ))}
      {others.map(({ name, value }) => (
        <Fact key={name + value} name={factLabel(name)} value={value} />
      ))}
    </dl>
  );
}

export function Fact({ name, value, children }: { name: string; value: string; children?: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>
        <Copyable value={value} />
        {children}
      </dd>
    </div>
  );
}

const GONE_WELL: ReadonlySet<Attempt["end"]> = new Set(["helped", "chosen"]);

function mark({ kind, end }: Attempt): IconNode {
  if (kind === "not_found") return SearchX;
  if (GONE_WELL.has(end)) return CircleCheck;
  return end === "open" ? CircleHelp : CircleX;
}

const SHOWN_TRIES = 4;

/** Every try, oldest first. `packet.tried` has the articles, in the same order as the tries that showed one. */
export function Attempts({ conversation, packet }: { conversation: string; packet: Packet }) {
  const answers = [...packet.tried];
  const tries = packet.attempts.map((one) => (
    <Try key={one.seq} conversation={conversation} one={one} answer={one.kind === "answered" ? answers.shift() : undefined} />
  ));
  const older = tries.slice(0, -SHOWN_TRIES);
  if (tries.length === 0) return <p class="quiet">The bot gave no answer from the library.</p>;
  return (
    <>
      {older.length > 0 && (
        <details class="heard">
          <summary>{older.length === 1 ? "1 earlier try" : `${older.length} earlier tries`}</summary>
          <ol class="tried">{older}</ol>
        </details>
      )}
      <ol class="tried">{tries.slice(-SHOWN_TRIES)}</ol>
    </>
  );
}

interface TryProps {
  conversation: string;
  one: Attempt;
  answer: TriedAnswer | undefined;
}

function Try({ conversation, one, answer }: TryProps) {
  return (
    <li class={`tried-one tried-${one.end}`}>
      <Icon node={mark(one)} />
      <div>
        <Title conversation={conversation} one={one} answer={answer} />
        <End conversation={conversation} one={one} />
        {one.asked !== null && (
          <p class="tried-question">
            <Jump conversation={conversation} place={one.asked}>
              to “{quoted(one.asked)}”
            </Jump>
          </p>
        )}
      </div>
    </li>
  );
}

function Title({ conversation, one, answer }: TryProps) {
  if (answer === undefined) {
    return (
      <p class="tried-title">
        <Jump conversation={conversation} place={{ seq: one.seq }}>
          {one.kind === "asked_back" ? "Asked back" : "Found nothing"}
        </Jump>
      </p>
    );
  }
  return (
    <p class="tried-title">
      <a href={answer.hit.url} target="_blank" rel="noopener" dir="auto">
        {one.title}
      </a>
      {answer.confidence !== null && <span class="fd-numbers">{percent(answer.confidence)} sure</span>}
      <Jump conversation={conversation} place={{ seq: one.seq }} class="jump-icon">
        <Icon node={LocateFixed} label={`Show the answer “${one.title}” in the chat`} />
      </Jump>
    </p>
  );
}

function End({ conversation, one }: { conversation: string; one: Attempt }) {
  if (one.kind === "not_found" && one.end === "open") return null;
  const said = one.end === "chosen" ? `“${one.choice}”` : one.end_quote === null ? "" : `“${quoted(one.end_quote)}”`;
  const words = `${ATTEMPT_WORD[one.end]}${one.end_quote === null ? "" : ":"} ${said}`.trim();
  const place = one.end_quote ?? (one.end_seq === null ? null : { seq: one.end_seq });
  return (
    <p class="tried-facts">
      {place === null ? (
        words
      ) : (
        <Jump conversation={conversation} place={place}>
          {words}
        </Jump>
      )}
    </p>
  );
}

/** An observation about the wording: each cue with its place, none with a verdict on the person. */
export function Wording({ conversation, mood }: { conversation: string; mood: Mood }) {
  return (
    <>
      <p>
        <span class={`fd-tag ${mood.tone === "angry" ? "fd-tag-bad" : mood.tone === "unhappy" ? "fd-tag-warn" : ""}`}>{TONE_WORD[mood.tone]}</span>
      </p>
      {mood.cues.length > 0 && (
        <ul class="cues">
          {mood.cues.map((cue, index) => (
            <li key={index}>
              <Jump conversation={conversation} place={cue.quote ?? { seq: cue.seq }}>
                {CUE_WORD[cue.kind]}
                {cue.quote !== null && <> “{quoted({ ...cue.quote, cut_before: false, cut_after: false })}”</>}
              </Jump>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
