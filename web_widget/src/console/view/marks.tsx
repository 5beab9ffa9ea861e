/** Small marks beside a customer's name: how urgent, how to reach them, whom they know. */
import { ChevronDown, ChevronsUp, ChevronUp, Mail, Phone, UserRoundCheck } from "lucide";
import { Icon } from "../../shared/components/icon";
import type { AgentCard, QueueRow } from "../../shared/protocol";
import { priorityWord } from "../state/words";

export function PriorityMark({ priority }: { priority: number }) {
  if (priority === 0) return null;
  const word = `${priorityWord(priority)} priority`;
  const node = priority < 0 ? ChevronDown : priority === 1 ? ChevronUp : ChevronsUp;
  return (
    <span class={`mark mark-priority ${priority >= 2 ? "mark-high" : ""}`} title={word}>
      <Icon node={node} label={word} />
    </span>
  );
}

export function ChannelMark({ channel }: { channel: QueueRow["channel"] }) {
  if (channel === "chat") return null;
  const word = channel === "email" ? "To be answered by e-mail" : "To be called back";
  return (
    <span class="mark mark-channel" title={word}>
      <Icon node={channel === "email" ? Mail : Phone} label={word} />
    </span>
  );
}

export function KnownMark({ agent, me }: { agent: AgentCard | null; me: string | null }) {
  if (agent === null) return null;
  const word = agent.id === me ? "You helped them before" : `Helped by ${agent.name} before`;
  return (
    <span class={`mark ${agent.id === me ? "mark-known" : ""}`} title={word}>
      <Icon node={UserRoundCheck} label={word} />
    </span>
  );
}
