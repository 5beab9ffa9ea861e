/** Why a conversation came to people: an icon and a word. */
import { BookUser, CircleHelp, Frown, Languages, ListRestart, Mail, Phone, Repeat, Repeat2, ShieldCheck, ThumbsDown, Unplug, UserRound } from "lucide";
import { Icon, type IconNode } from "../../shared/components/icon";
import type { QueueRow } from "../../shared/protocol";
import { type Reason, REASON_WORD } from "../state/words";

const ICONS: Record<Reason, IconNode> = {
  asked_for_person: UserRound,
  low_confidence: CircleHelp,
  repeated_failure: Repeat,
  same_question: Repeat2,
  rejected_twice: ThumbsDown,
  frustration: Frown,
  policy_topic: ShieldCheck,
  always_person: BookUser,
  other_language: Languages,
  bot_unavailable: Unplug,
  left_details: Mail,
  back_to_queue: ListRestart,
};

interface Props {
  reason: Reason;
  /** How whoever left details wants to be answered. */
  channel?: QueueRow["channel"];
}

export function ReasonMark({ reason, channel = "chat" }: Props) {
  if (reason === "left_details" && channel !== "chat") {
    return (
      <span class="reason">
        <Icon node={channel === "call" ? Phone : Mail} />
        {channel === "call" ? "Wants a call" : "Wants an e-mail"}
      </span>
    );
  }
  return (
    <span class="reason">
      <Icon node={ICONS[reason]} />
      {REASON_WORD[reason]}
    </span>
  );
}
