/** A customer who waits for a letter or a call: the address at hand, and what becomes of a reply written here. */
import { Clock, Mail, Phone } from "lucide";
import { Icon } from "../../shared/components/icon";
import type { ConversationStatus } from "../../shared/protocol";
import { callTo, mailTo } from "../state/links";
import { Copyable } from "./copyable";

type Reach = NonNullable<ConversationStatus["reach"]>;

interface Props {
  reach: Reach | null;
  customer: string;
  online: boolean;
  about: string;
  /** Whether the reader is the one who answers. */
  mine: boolean;
}

export function ReachBar({ reach, customer, online, about, mine }: Props) {
  if (reach === null || (reach.channel === "chat" && (online || reach.email === ""))) return null;
  const { channel, email, phone, call_at: when } = reach;
  const call = channel === "call" && phone !== "";
  return (
    <section class="bar bar-reach" aria-label={`How to reach ${customer}`}>
      <Icon node={call ? Phone : Mail} />
      <div class="bar-words">
        <p>{call ? `${customer} asked to be called back.` : letterWords(reach, customer, online, mine)}</p>
        <p class="bar-ways">
          {phone !== "" && (
            <span class="bar-way">
              <Copyable value={phone} /> <a href={callTo(phone)}>Call</a>
            </span>
          )}
          {phone !== "" && when !== "" && (
            <span class="bar-way">
              <Icon node={Clock} />
              <span dir="auto">{when}</span>
            </span>
          )}
          {email !== "" && (
            <span class="bar-way">
              <Copyable value={email} /> {!reach.letters && <a href={mailTo(email, about)}>Write an e-mail</a>}
            </span>
          )}
        </p>
        {reach.letter !== "" && <p class={`bar-letter ${reach.letter === "failed" ? "bar-failed" : ""}`}>{LETTER_WORDS[reach.letter]}</p>}
      </div>
    </section>
  );
}

const LETTER_WORDS: Record<Exclude<Reach["letter"], "">, string> = {
  waiting: "Your last reply is on its way by e-mail.",
  sent: "Your last reply went out by e-mail.",
  failed: "Your last reply could not be sent by e-mail. Write to them yourself.",
};

function letterWords({ letters }: Reach, customer: string, online: boolean, mine: boolean): string {
  if (online) return `${customer} left an e-mail address, and is here now.`;
  if (!mine) return `${customer} left an e-mail address and is no longer here.`;
  return letters
    ? `${customer} is not here. What you send goes out by e-mail, too.`
    : `${customer} is not here. No e-mail goes out from here: write to them yourself.`;
}
