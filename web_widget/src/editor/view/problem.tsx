/** What went wrong just now, next to the control that asked for it. */
import { TriangleAlert } from "lucide";
import { Icon } from "../../shared/components/icon";

export function ProblemLine({ message }: { message: string | null }) {
  if (message === null) return null;
  return (
    <p class="problem-line" role="alert">
      <Icon node={TriangleAlert} />
      <span>{message}</span>
    </p>
  );
}
