/** Changes, one to a line. */
import type { Change } from "../changes";

export function ChangeList({ changes }: { changes: Change[] }) {
  return (
    <ul class="change-list">
      {changes.map((change) => (
        <li key={change.what}>
          <strong>{change.label}:</strong> {change.detail}
        </li>
      ))}
    </ul>
  );
}
