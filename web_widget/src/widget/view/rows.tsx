/** Bubbles, quiet lines and days: what a log is made of. */
import { CircleAlert, CircleCheck, Clock3, Mail, Phone } from "lucide";
import type { ComponentChildren } from "preact";
import { Avatar } from "../../shared/components/avatar";
import { Icon } from "../../shared/components/icon";
import { Time } from "../../shared/components/time";
import { fullTime } from "../../shared/time";
import type { ContactRow, NoticeRow, SaidRow, TextRow } from "../rows";
import { words } from "../words";
import { useWidget } from "./context";
import { firstName } from "./header";
import { Linked } from "./linked";

/** Who says it, on which side; the first of a group is named. */
export function Said({ row, children }: { row: SaidRow; children: ComponentChildren }) {
  const { locale } = useWidget();
  const mine = row.side === "mine";
  const name = ["said", `said-${row.side}`, row.first && "said-first", row.last && "said-last"];
  return (
    <div class={name.filter(Boolean).join(" ")}>
      {!mine && row.first && (
        <p class="said-name" aria-hidden="true">
          <Avatar role={row.side === "agent" ? "agent" : "bot"} name={row.name} />
          {firstName(row.name)}
          <Label side={row.side} />
        </p>
      )}
      <span class="fd-hidden">{words.said(mine ? words.you : `${row.name} (${label(row.side)})`)}</span>
      <div class="said-line">
        {children}
        {row.at && (
          <span class="said-time">
            <Time at={row.at} locale={locale} />
          </span>
        )}
      </div>
    </div>
  );
}

const label = (side: SaidRow["side"]) => (side === "agent" ? words.personLabel : words.botLabel);

function Label({ side }: { side: SaidRow["side"] }) {
  return <span class={`fd-tag fd-tag-${side === "agent" ? "human" : "bot"}`}>{label(side)}</span>;
}

export function Bubble({ row }: { row: TextRow }) {
  return (
    <Said row={row}>
      <div class={`bubble bubble-is-${row.state}`} dir="auto">
        <Linked text={row.text} />
      </div>
      {row.state === "sending" && (
        <span class="bubble-state" title={words.sending}>
          <Icon node={Clock3} label={words.sending} />
        </span>
      )}
      {row.seen && <span class="seen">{words.seen}</span>}
      {row.state === "failed" && row.cmid && <Failed cmid={row.cmid} reason={row.failure ?? ""} />}
    </Said>
  );
}

function Failed({ cmid, reason }: { cmid: string; reason: string }) {
  const { session, ui } = useWidget();
  const edit = () => {
    const text = session.takeBack(cmid);
    ui.draft.value = ui.draft.value ? `${text}\n${ui.draft.value}` : text;
    ui.focusComposer.value += 1;
  };
  return (
    <p class="not-sent" role="alert">
      <Icon node={CircleAlert} />
      <span>
        {words.notSent}. {reason}
      </span>
      <span class="not-sent-ways">
        <button type="button" class="link" onClick={() => session.retry(cmid)}>
          {words.retry}
        </button>
        <button type="button" class="link" onClick={edit}>
          {words.takeBack}
        </button>
      </span>
    </p>
  );
}

export function ContactBubble({ row }: { row: ContactRow }) {
  const { name, phone, call_at: when, email } = row.contact;
  return (
    <Said row={row}>
      <div class="bubble contact" dir="auto">
        <p class="contact-head">
          <Icon node={phone ? Phone : Mail} />
          {phone ? words.detailsCall : words.detailsSent}
        </p>
        <p class="contact-ways">{[name, phone, when, email].filter(Boolean).join("\n")}</p>
        <p class="contact-about">{row.contact.about}</p>
      </div>
    </Said>
  );
}

export function Notice({ row }: { row: NoticeRow }) {
  const { locale } = useWidget();
  if ((row.code === "joined" || row.code === "passed_on") && row.agent) {
    const { name, about } = row.agent;
    // The line about them stands below; it need not be said twice.
    const text = about ? row.text.replace(about, "").replace(/[\s.,—–-]+$/u, "") : row.text;
    return (
      <div class="joined">
        <Avatar role="agent" name={name} />
        <div>
          <p class="joined-text" dir="auto">
            {text}
          </p>
          {about && (
            <p class="joined-about" dir="auto">
              {about}
            </p>
          )}
        </div>
        <span class="fd-tag fd-tag-human">{words.personLabel}</span>
      </div>
    );
  }
  return (
    <p class="notice" dir="auto" title={fullTime(row.at, locale)}>
      {row.code === "contact_received" && <Icon node={CircleCheck} />}
      <span>{row.text}</span>
    </p>
  );
}

export function Day({ label: text }: { label: string }) {
  return (
    <p class="day">
      <span>{text}</span>
    </p>
  );
}
