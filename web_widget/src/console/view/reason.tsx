/** Why a conversation came to people: an icon and a word. */
import { BookUser, CircleHelp, Frown, Languages, ListRestart, Mail, Repeat, Repeat2, ShieldCheck, ThumbsDown, Unplug, UserRound } from "lucide";
import { Icon, type IconNode } from "../../shared/components/icon";
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

export function ReasonMark({ reason }: { reason: Reason }) {
  return (
    <span class="reason">
      <Icon node={ICONS[reason]} />
      {REASON_WORD[reason]}
    </span>
  );
}
