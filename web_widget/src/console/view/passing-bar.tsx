/** My conversation while a colleague is asked to take it over: whom I asked, and the way to take that back. */
import { ArrowLeftRight, Undo2 } from "lucide";
import { Button } from "../../shared/components/button";
import { Icon } from "../../shared/components/icon";
import { rowOf } from "../state/model";
import { passingTo, secondsLeft } from "../state/offers";
import { waitClock } from "../state/wait";
import { useBench, usePick } from "./bench";

export function PassingBar({ conversation }: { conversation: string }) {
  const { desk, now } = useBench();
  const row = usePick((state) => rowOf(state, conversation));
  const busy = usePick((state) => state.link !== "open" || state.commands.some((one) => one.conversation === conversation));
  const to = row === null ? null : passingTo(row);
  if (row === null || to === null) return null;
  const left = secondsLeft(desk.state.value, row, now.value);
  return (
    <div class="bar bar-passing">
      <Icon node={ArrowLeftRight} />
      <p class="bar-words">
        You asked {to} to take over. The chat is yours until then.
        {left !== null && (
          <span class="bar-left fd-numbers" role="timer">
            {" "}
            {waitClock(left)} left
          </span>
        )}
      </p>
      <Button small kind="quiet" icon={Undo2} disabled={busy} onClick={() => desk.decline(conversation)}>
        Take it back
      </Button>
    </div>
  );
}
