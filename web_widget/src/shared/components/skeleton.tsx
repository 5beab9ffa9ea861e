/** Grey lines in place of text that takes longer than 300 ms; before that, nothing. */
import { useDelayed } from "./use-delayed";

interface Props {
  lines?: number;
  /** What is loading, for a screen reader. */
  label?: string;
  delayMilliseconds?: number;
}

export function Skeleton({ lines = 3, label = "Loading", delayMilliseconds = 300 }: Props) {
  const shown = useDelayed(delayMilliseconds);
  return (
    <div class="fd-skeleton" role="status">
      <span class="fd-hidden">{shown ? label : ""}</span>
      {shown && Array.from({ length: lines }, (_, index) => <div key={index} class="fd-skeleton-line" aria-hidden="true" />)}
    </div>
  );
}
