/** How somebody is reached later, by e-mail or by telephone, and what it is about. */
import { Mail, Phone } from "lucide";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Button } from "../../shared/components/button";
import { Icon } from "../../shared/components/icon";
import type { Contact } from "../../shared/protocol";
import { rareWords as words } from "../rare-words";
import type { Reach } from "../ui";
import { useWidget } from "./context";

const EMAIL = /^[^@\s]+@[^@\s]+\.[^@\s]+$/u;
/** What the gateway takes, with as many digits as the shortest number has. */
const PHONE = /^\+?[0-9 ()/.-]{5,39}$/u;
const FEWEST_DIGITS = 5;

export type ContactErrors = Partial<Record<keyof Contact, string>>;

/** What is missing or wrong, by field. */
export function contactErrors({ name, email = "", phone = "", about }: Contact, way: Reach): ContactErrors {
  const errors: ContactErrors = {};
  if (!name.trim()) errors.name = words.detailsNameMissing;
  if (way === "email" && !EMAIL.test(email.trim())) errors.email = words.detailsEmailWrong;
  if (way === "call" && (!PHONE.test(phone.trim()) || phone.replace(/\D/gu, "").length < FEWEST_DIGITS)) errors.phone = words.detailsPhoneWrong;
  if (!about.trim()) errors.about = words.detailsAboutMissing;
  return errors;
}

/** Only what belongs to the chosen way. */
function chosen({ name, email = "", phone = "", call_at: when = "", about }: Contact, way: Reach): Contact {
  const known = { name: name.trim(), about: about.trim() };
  return way === "email" ? { ...known, email: email.trim() } : { ...known, phone: phone.trim(), call_at: when.trim() };
}

export function DetailsForm({ way: first = "email" }: { way?: Reach }) {
  const { session, ui } = useWidget();
  const [way, setWay] = useState<Reach>(first);
  const [contact, setContact] = useState<Contact>(() => ({ name: "", about: lastQuestion(session.model.value.log.events) }));
  const [errors, setErrors] = useState<ContactErrors>({});
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>("[name=name]")?.focus(), []);
  const close = () => {
    ui.details.value = false;
    ui.focusComposer.value += 1;
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const found = contactErrors(contact, way);
    setErrors(found);
    const wrong = Object.keys(found)[0];
    if (wrong) {
      form.current?.querySelector<HTMLElement>(`[name=${wrong}]`)?.focus();
      return;
    }
    session.write({ type: "contact", contact: chosen(contact, way) });
    close();
  };
  const field = (name: keyof Contact) => ({
    name,
    value: contact[name] ?? "",
    set: (value: string) => setContact({ ...contact, [name]: value }),
    error: errors[name],
  });
  return (
    <form class="card" ref={form} noValidate onSubmit={submit} aria-label={words.detailsTitle}>
      <h3 class="card-title">{words.detailsTitle}</h3>
      <Ways way={way} choose={setWay} />
      <Field {...field("name")} label={words.detailsName} limit={100} complete="name" />
      {way === "email" ? (
        <Field {...field("email")} label={words.detailsEmail} limit={200} complete="email" />
      ) : (
        <>
          <Field {...field("phone")} label={words.detailsPhone} limit={40} complete="tel" />
          <Field {...field("call_at")} label={words.detailsCallAt} limit={100} hint={words.detailsCallAtHint} />
        </>
      )}
      <Field {...field("about")} label={words.detailsAbout} limit={4000} area />
      <p class="card-quiet">{words.detailsUse}</p>
      <div class="card-actions">
        <Button kind="primary" type="submit">
          {words.detailsSend}
        </Button>
        <Button kind="quiet" onClick={close}>
          {words.detailsCancel}
        </Button>
      </div>
    </form>
  );
}

function Ways({ way, choose }: { way: Reach; choose: (way: Reach) => void }) {
  const ways = [
    { is: "email", icon: Mail, label: words.detailsByEmail },
    { is: "call", icon: Phone, label: words.detailsByPhone },
  ] as const;
  return (
    <fieldset class="reach">
      <legend class="fd-hidden">{words.detailsHow}</legend>
      {ways.map(({ is, icon, label }) => (
        <label key={is} class="reach-way">
          <input type="radio" name="way" value={is} checked={way === is} onChange={() => choose(is)} />
          <Icon node={icon} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

function lastQuestion(events: readonly { kind: string; actor: { role: string }; text?: string }[]): string {
  return events.findLast((event) => event.kind === "message" && event.actor.role === "customer")?.text ?? "";
}

interface FieldProps {
  name: keyof Contact;
  label: string;
  limit: number;
  value: string;
  set: (value: string) => void;
  error?: string;
  complete?: "name" | "email" | "tel";
  hint?: string;
  area?: boolean;
}

function Field({ name, label, limit, value, set, error, complete, hint, area }: FieldProps) {
  const id = useId();
  const shared = {
    id,
    name,
    class: "fd-input",
    value,
    maxLength: limit,
    placeholder: hint,
    dir: "auto" as const,
    "aria-invalid": error ? ("true" as const) : undefined,
    "aria-describedby": error ? `${id}-error` : undefined,
  };
  return (
    <div class="fd-field">
      <label class="fd-label" for={id}>
        {label}
      </label>
      {area ? (
        <textarea {...shared} rows={2} onInput={(event) => set(event.currentTarget.value)} />
      ) : (
        <input
          {...shared}
          type="text"
          inputMode={complete === "name" ? undefined : complete}
          autocomplete={complete}
          onInput={(event: InputEvent) => set((event.currentTarget as HTMLInputElement).value)}
        />
      )}
      {error && (
        <p class="fd-field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}
