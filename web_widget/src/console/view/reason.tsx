/** Why a conversation came to people: an icon and a word. */
import { CircleHelp, Frown, ListRestart, Mail, Repeat, ShieldCheck, Unplug, UserRound } from "lucide";
import { Icon, type IconNode } from "../../shared/components/icon";
import { type Reason, REASON_WORD } from "../state/words";

const ICONS: Record<Reason, IconNode> = {
  asked_for_person: UserRound,
  low_confidence: CircleHelp,
  repeated_failure: Repeat,
  frustration: Frown,
  policy_topic: ShieldCheck,
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
