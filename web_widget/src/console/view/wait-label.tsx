/** How long somebody has waited, live: a colour, an icon of its own for each colour, and the time. */
import { Clock, Hourglass, TriangleAlert } from "lucide";
import { Icon, type IconNode } from "../../shared/components/icon";
import { secondsSince, waitClock, type WaitLevel, waitLevel, waitWords } from "../state/wait";
import { useBench } from "./bench";

const ICONS: Record<WaitLevel, IconNode> = { calm: Clock, soon: Hourglass, late: TriangleAlert };

export function WaitLabel({ since }: { since: string }) {
  const seconds = secondsSince(since, useBench().now.value);
  const level = waitLevel(seconds);
  return (
    <span class={`wait wait-${level} fd-numbers`} title={`Waiting for ${waitWords(seconds)}`}>
      <Icon node={ICONS[level]} />
      <span aria-hidden="true">{waitClock(seconds)}</span>
      <span class="fd-hidden">{`waiting ${waitWords(seconds)}`}</span>
    </span>
  );
}
