/** The handoff packet on one screen: why, what they want, what was tried, facts to copy, history. */
import { ExternalLink } from "lucide";
import type { ComponentChildren } from "preact";
import { Icon } from "../../shared/components/icon";
import { Time } from "../../shared/components/time";
import type { EarlierConversation, Packet, PacketEvent, Page } from "../../shared/protocol";
import { show } from "../page";
import type { Corrections } from "../state/corrections";
import { safeHref } from "../state/links";
import { pathOf } from "../state/route";
import { packetFacts } from "../state/rows";
import { factLabel, OUTCOME_WORD, percent } from "../state/words";
import { useBench } from "./bench";
import { Contacts } from "./contacts";
import { Helpful } from "./entry";
import { ReasonMark } from "./reason";
import { Attempts, Corrigible, Fact, Facts, Jump, Wants, Wording } from "./summary-view";

interface BeforeProps {
  event: PacketEvent;
  corrections: Corrections;
}

/** What is needed before the first word of an answer. */
export function PacketBefore({ event, corrections }: BeforeProps) {
  const { packet, conversation } = event;
  const others = packetFacts(packet);
  const facts = packet.facts.length + others.length > 0;
  return (
    <>
      <Why event={event} />
      <Part title="What they want">
        <Wants conversation={conversation} packet={packet} corrected={corrections.want} />
        <Questions questions={packet.questions} />
      </Part>
      {packet.contact !== null && (
        <Part title="Contact">
          <dl class="facts">
            <Fact name="Name" value={packet.contact.name} />
          </dl>
          <Contacts contact={packet.contact} />
          <p class="quiet" dir="auto">
            {packet.contact.about}
          </p>
        </Part>
      )}
      {(facts || corrections.about !== undefined) && (
        <Part title="What it is about">
          <Corrigible conversation={conversation} corrected={corrections.about}>
            {facts ? <Facts conversation={conversation} packet={packet} others={others} /> : <p class="quiet">Nothing in the log identifies it.</p>}
          </Corrigible>
        </Part>
      )}
      <Part title="What was tried">
        <Corrigible conversation={conversation} corrected={corrections.tried}>
          {packet.attempts.length > 0 || packet.tried.length === 0 ? (
            <Attempts conversation={conversation} packet={packet} />
          ) : (
            <Tried tried={packet.tried} />
          )}
        </Corrigible>
      </Part>
      {packet.wants.length > 0 && (
        <Part title="How it reads">
          <Wording conversation={conversation} mood={packet.mood} />
        </Part>
      )}
    </>
  );
}

/** Why it came to people; what can be pointed at leads there. */
function Why({ event: { packet, conversation } }: { event: PacketEvent }) {
  const evidence = packet.evidence.length > 0 ? packet.evidence : [{ text: packet.reason_detail, seq: null }];
  return (
    <section class="why">
      <h3 class="why-reason">
        <ReasonMark reason={packet.reason} />
      </h3>
      {evidence.map(({ text, seq }, index) =>
        seq === null ? (
          <p key={index} dir="auto">
            {text}
          </p>
        ) : (
          <p key={index}>
            <Jump conversation={conversation} place={{ seq }}>
              {text}
            </Jump>
          </p>
        ),
      )}
    </section>
  );
}

/** What helps to understand who this is. */
export function PacketAfter({ packet }: { packet: Packet }) {
  return (
    <>
      {packet.earlier.length > 0 && (
        <Part title="Earlier conversations">
          <ul class="earlier">
            {packet.earlier.map((one) => (
              <Earlier key={one.conversation} one={one} />
            ))}
          </ul>
        </Part>
      )}
      <Part title="Where they are">
        <PageFacts page={packet.page} />
        <p class="quiet">Language of their browser: {packet.locale}</p>
      </Part>
      {packet.intents.length > 0 && (
        <details class="heard">
          <summary>What the bot understood</summary>
          <ul class="intents">
            {packet.intents.map((intent) => (
              <li key={intent.name}>
                <span>{factLabel(intent.name)}</span> <span class="fd-numbers">{percent(intent.confidence)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

export function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="part">
      <h3 class="part-title">{title}</h3>
      {children}
    </section>
  );
}

function Questions({ questions }: { questions: readonly string[] }) {
  if (questions.length < 2) return null;
  return (
    <details class="heard">
      <summary>{questions.length} messages</summary>
      <ul class="questions">
        {questions.map((question, index) => (
          <li key={index} dir="auto">
            {question}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** As packets said it before they knew how each answer ended. */
function Tried({ tried }: { tried: Packet["tried"] }) {
  if (tried.length === 0) return <p class="quiet">The bot gave no answer from the library.</p>;
  return (
    <ol class="tried">
      {tried.map((one, index) => (
        <li key={index} class="tried-one">
          <a class="tried-title" href={one.hit.url} target="_blank" rel="noopener" dir="auto">
            {one.hit.article_title}
          </a>
          <p class="tried-facts">
            {one.confidence !== null && <span class="fd-numbers">{percent(one.confidence)} sure</span>}
            {one.helpful === null ? <span>no feedback</span> : <Helpful helpful={one.helpful} />}
          </p>
          {one.question !== "" && (
            <p class="tried-question" dir="auto">
              to “{one.question}”
            </p>
          )}
        </li>
      ))}
    </ol>
  );
}

function Earlier({ one }: { one: EarlierConversation }) {
  const { desk, page } = useBench();
  return (
    <li>
      <a
        class="earlier-one"
        href={pathOf(one.conversation)}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
          event.preventDefault();
          show(desk, page, one.conversation);
        }}
      >
        <span class="earlier-about" dir="auto">
          {one.about === "" ? "Nothing was said" : one.about}
        </span>
        <span class="earlier-facts">
          <Time at={one.started_at} form="date" />
          {one.outcome !== null && ` · ${OUTCOME_WORD[one.outcome]}`}
        </span>
      </a>
    </li>
  );
}

function PageFacts({ page }: { page: Page }) {
  const url = page.url ?? "";
  const href = safeHref(url);
  const title = page.title ?? "";
  if (url === "" && title === "") return <p class="quiet">The page is not known.</p>;
  return (
    <>
      {title !== "" && <p dir="auto">{title}</p>}
      {href === null ? (
        <p class="quiet address">{url}</p>
      ) : (
        <a class="address" href={href} target="_blank" rel="noopener noreferrer nofollow">
          {url} <Icon node={ExternalLink} label="opens in a new tab" />
        </a>
      )}
      {(page.referrer ?? "") !== "" && <p class="quiet address">came from {page.referrer}</p>}
    </>
  );
}
