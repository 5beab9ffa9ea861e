/** Right, wrong or outdated: what an agent says of an answer of the bot, in one press or one key. */
import { CalendarX2, Check, X } from "lucide";
import { Icon, type IconNode } from "../../shared/components/icon";
import type { VerdictEvent } from "../../shared/protocol";
import { type Verdict, VERDICT_WORD, VERDICTS } from "../state/words";
import { useBench, usePick } from "./bench";

const ICONS: Record<Verdict, IconNode> = { right: Check, wrong: X, outdated: CalendarX2 };

interface Props {
  conversation: string;
  seq: number;
  given: VerdictEvent | null;
  me: string | null;
}

export function VerdictBar({ conversation, seq, given, me }: Props) {
  const { desk } = useBench();
  // shown at once; the log says it a moment later
  const pending = usePick(
    (state) => state.commands.find((one) => one.conversation === conversation && one.judgement?.answerSeq === seq)?.judgement?.verdict,
  );
  const now = pending ?? given?.verdict ?? null;
  const by = given === null || pending !== undefined ? "" : given.actor.agent_id === me ? "by you" : `by ${given.actor.name}`;
  return (
    <div class="verdict" role="group" aria-label="Was this answer right?">
      {VERDICTS.map((verdict, index) => (
        <button
          key={verdict}
          type="button"
          class={`verdict-one verdict-${verdict}`}
          aria-pressed={now === verdict}
          aria-keyshortcuts={String(index + 1)}
          title={`${VERDICT_WORD[verdict]} (${index + 1})`}
          onClick={() => desk.judge(conversation, seq, verdict)}
        >
          <Icon node={ICONS[verdict]} />
          {VERDICT_WORD[verdict]}
        </button>
      ))}
      <span class="verdict-by" role="status">
        {by}
      </span>
    </div>
  );
}
