/** Who is here, how they stand, and the ways on: back, a person, more, close. */
import { ArrowLeft, LifeBuoy, UserRound, X } from "lucide";
import { Avatar } from "../../shared/components/avatar";
import { Icon } from "../../shared/components/icon";
import { IconButton } from "../../shared/components/button";
import { useCell } from "../../shared/components/use-cell";
import { isLeft, type Model } from "../model";
import { presenceQueue, words } from "../words";
import { useWidget } from "./context";
import { Menu } from "./menu";

interface Presence {
  role: "bot" | "agent";
  name: string;
  line: string;
}

export function presence(model: Model): Presence {
  const bot = model.botName || "Assistant";
  const { status } = model;
  if (status?.owner === "agent" && status.agent) {
    const say = status.agent_away ? words.presenceAway : words.presenceAgent;
    return { role: "agent", name: status.agent.name, line: say(firstName(status.agent.name)) };
  }
  if (status?.owner === "queue") return { role: "bot", name: bot, line: isLeft(model) ? words.queueLeft : status.agents_online ? presenceQueue(status.queue) : words.queueNobody };
  if (status?.owner === "closed") return { role: "bot", name: bot, line: words.presenceClosed };
  return { role: "bot", name: bot, line: hasOffered(model) ? words.presenceOffer : words.presenceBot };
}

/** The last that the bot said was an offer of somebody else: it promises no quick answer beside that. */
function hasOffered({ log }: Model): boolean {
  return log.events.filter(({ actor }) => actor.role === "bot").at(-1)?.kind === "offer";
}

export function firstName(name: string): string {
  return name.trim().split(/\s+/u)[0] ?? name;
}

export function Header() {
  const { ui, session, close } = useWidget();
  const view = useCell(ui.view);
  useCell(session.model);
  const back = () => {
    ui.view.value = view.name === "article" ? { name: view.from } : { name: "home" };
  };
  return (
    <header class="header">
      {view.name !== "home" && <IconButton icon={ArrowLeft} turns label={words.back} onClick={back} />}
      {view.name === "talk" ? <Partner /> : <Title view={view.name} />}
      <PersonButton />
      {session.known && <Menu />}
      <IconButton icon={X} label={words.close} onClick={close} />
    </header>
  );
}

function Title({ view }: { view: "home" | "article" }) {
  return (
    <div class="header-title">
      {view === "home" && (
        <span class="header-mark" aria-hidden="true">
          <Icon node={LifeBuoy} />
        </span>
      )}
      <h2 class="header-name">{view === "home" ? words.title : words.article}</h2>
    </div>
  );
}

function Partner() {
  const { session } = useWidget();
  const { role, name, line } = presence(useCell(session.model));
  return (
    <div class="header-title">
      <Avatar role={role} name={name} />
      <div class="header-words">
        <h2 class="header-name">
          {name}
          <span class={`fd-tag fd-tag-${role === "agent" ? "human" : "bot"}`}>
            {role === "agent" ? words.personLabel : words.botLabel}
          </span>
        </h2>
        <p class="header-line fd-numbers" title={line}>
          {line}
        </p>
      </div>
    </div>
  );
}

/** Always in the same place; once somebody is asked or here, it says so instead. */
function PersonButton() {
  const { session, askPerson } = useWidget();
  const { status, outbox } = useCell(session.model);
  const asked = outbox.some((entry) => entry.frame.type === "ask_person");
  const taken = asked || status?.owner === "queue" || status?.owner === "agent";
  const label = status?.owner === "agent" ? words.personHere : taken ? words.personAsked : words.person;
  return (
    <IconButton
      icon={UserRound}
      label={label}
      class="header-person"
      aria-disabled={taken ? "true" : undefined}
      onClick={() => !taken && askPerson()}
    />
  );
}
