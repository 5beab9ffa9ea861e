/** How a customer is reached away from the chat: each address to copy and to use at once. */
import { Clock, Mail, Phone } from "lucide";
import { Icon } from "../../shared/components/icon";
import type { Contact } from "../../shared/protocol";
import { callTo, mailTo } from "../state/links";
import { Copyable } from "./copyable";

export function Contacts({ contact }: { contact: Contact }) {
  const { email, phone, call_at: when } = contact;
  return (
    <ul class="contacts">
      {phone && (
        <li class="contact-way">
          <Icon node={Phone} />
          <Copyable value={phone} />
          <a href={callTo(phone)}>Call</a>
        </li>
      )}
      {phone && when && (
        <li class="contact-way">
          <Icon node={Clock} />
          <span dir="auto">Suits them: {when}</span>
        </li>
      )}
      {email && (
        <li class="contact-way">
          <Icon node={Mail} />
          <Copyable value={email} />
          <a href={mailTo(email, contact.about)}>Write</a>
        </li>
      )}
    </ul>
  );
}
