/** Name, e-mail and what it is about, so that somebody can answer later. */
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Button } from "../../shared/components/button";
import type { Contact } from "../../shared/protocol";
import { words } from "../words";
import { useWidget } from "./context";

const EMAIL = /^[^@\s]+@[^@\s]+\.[^@\s]+$/u;

export type ContactErrors = Partial<Record<keyof Contact, string>>;

/** What is missing or wrong, by field. */
export function contactErrors(contact: Contact): ContactErrors {
  const errors: ContactErrors = {};
  if (!contact.name.trim()) errors.name = words.detailsNameMissing;
  if (!EMAIL.test((contact.email ?? "").trim())) errors.email = words.detailsEmailWrong;
  if (!contact.about.trim()) errors.about = words.detailsAboutMissing;
  return errors;
}

export function DetailsForm() {
  const { session, ui } = useWidget();
  const [contact, setContact] = useState<Contact>(() => ({ name: "", email: "", about: lastQuestion(session.model.value.log.events) }));
  const [errors, setErrors] = useState<ContactErrors>({});
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>("input")?.focus(), []);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const found = contactErrors(contact);
    setErrors(found);
    const wrong = Object.keys(found)[0];
    if (wrong) {
      form.current?.querySelector<HTMLElement>(`[name=${wrong}]`)?.focus();
      return;
    }
    const clean = { name: contact.name.trim(), email: (contact.email ?? "").trim(), about: contact.about.trim() };
    session.write({ type: "contact", contact: clean });
    ui.details.value = false;
    ui.focusComposer.value += 1;
  };
  const set = (name: keyof Contact) => (value: string) => setContact({ ...contact, [name]: value });
  return (
    <form class="card" ref={form} noValidate onSubmit={submit} aria-label={words.detailsTitle}>
      <h3 class="card-title">{words.detailsTitle}</h3>
      <Field name="name" label={words.detailsName} limit={100} complete="name" value={contact.name} set={set("name")} error={errors.name} />
      <Field name="email" label={words.detailsEmail} limit={200} complete="email" value={contact.email ?? ""} set={set("email")} error={errors.email} />
      <Field name="about" label={words.detailsAbout} limit={4000} area value={contact.about} set={set("about")} error={errors.about} />
      <p class="card-quiet">{words.detailsUse}</p>
      <div class="card-actions">
        <Button kind="primary" type="submit">
          {words.detailsSend}
        </Button>
        <Button kind="quiet" onClick={() => (ui.details.value = false)}>
          {words.detailsCancel}
        </Button>
      </div>
    </form>
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
  complete?: "name" | "email";
  area?: boolean;
}

function Field({ name, label, limit, value, set, error, complete, area }: FieldProps) {
  const id = useId();
  const shared = {
    id,
    name,
    class: "fd-input",
    value,
    maxLength: limit,
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
          inputMode={name === "email" ? "email" : undefined}
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
