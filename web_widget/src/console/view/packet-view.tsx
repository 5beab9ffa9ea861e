/** The handoff packet on one screen: why, what they want, what was tried, facts to copy, history. */
import { ExternalLink } from "lucide";
import type { ComponentChildren } from "preact";
import { Icon } from "../../shared/components/icon";
import { Time } from "../../shared/components/time";
import type { EarlierConversation, Packet, Page } from "../../shared/protocol";
import { show } from "../page";
import { safeHref } from "../state/links";
import { pathOf } from "../state/route";
import { packetFacts } from "../state/rows";
import { factLabel, OUTCOME_WORD, percent } from "../state/words";
import { useBench } from "./bench";
import { Copyable } from "./copyable";
import { Verdict } from "./entry";
import { ReasonMark } from "./reason";

function mailTo(email: string, about: string): string {
  return `mailto:${encodeURIComponent(email)}?subject=${encodeURIComponent("Your message to us")}&body=${encodeURIComponent(`\n\n> ${about}`)}`;
}

/** What is needed before the first word of an answer. */
export function PacketBefore({ packet }: { packet: Packet }) {
  const facts = packetFacts(packet);
  return (
    <>
      <section class="why">
        <h3 class="why-reason">
          <ReasonMark reason={packet.reason} />
        </h3>
        <p dir="auto">{packet.reason_detail}</p>
      </section>
      <Part title="What they want">
        <p dir="auto">{packet.summary}</p>
        <Questions questions={packet.questions} />
      </Part>
      {packet.contact !== null && (
        <Part title="Contact">
          <dl class="facts">
            <Fact name="Name" value={packet.contact.name} />
            <Fact name="E-mail" value={packet.contact.email} />
          </dl>
          <p class="quiet" dir="auto">
            {packet.contact.about}
          </p>
          <a href={mailTo(packet.contact.email, packet.contact.about)}>Write an e-mail</a>
        </Part>
      )}
      {facts.length > 0 && (
        <Part title="Facts">
          <dl class="facts">
            {facts.map((fact) => (
              <Fact key={fact.name + fact.value} name={factLabel(fact.name)} value={fact.value} />
            ))}
          </dl>
        </Part>
      )}
      <Part title="What was tried">
        <Tried tried={packet.tried} />
      </Part>
    </>
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

const SHOWN_QUESTIONS = 3;

function Questions({ questions }: { questions: readonly string[] }) {
  const older = questions.slice(0, -SHOWN_QUESTIONS);
  const latest = questions.slice(-SHOWN_QUESTIONS);
  if (latest.length < 2) return null;
  return (
    <>
      <ul class="questions">
        {latest.map((question, index) => (
          <li key={index} dir="auto">
            {question}
          </li>
        ))}
      </ul>
      {older.length > 0 && (
        <details class="heard">
          <summary>{older.length === 1 ? "1 earlier message" : `${older.length} earlier messages`}</summary>
          <ul class="questions">
            {older.map((question, index) => (
              <li key={index} dir="auto">
                {question}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>
        <Copyable value={value} />
      </dd>
    </div>
  );
}

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
            {one.helpful === null ? <span>no feedback</span> : <Verdict helpful={one.helpful} />}
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
