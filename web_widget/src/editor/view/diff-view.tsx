/** Two texts, line by line: what goes, what comes, with a little of what stays. */
import { useMemo } from "preact/hooks";
import { counts, diffLines, folded, type DiffLine } from "../diff";

const SIGN = { same: " ", gone: "−", new: "+" } as const;
const SAID = { same: "", gone: "Removed: ", new: "Added: " } as const;

export interface DiffViewProps {
  before: string;
  after: string;
  /** What is said when the two are equal. */
  equal?: string;
}

export function DiffView({ before, after, equal = "The text is the same." }: DiffViewProps) {
  const lines = useMemo(() => diffLines(before, after), [before, after]);
  const { added, removed } = counts(lines);
  if (added + removed === 0) return <p class="quiet diff-equal">{equal}</p>;
  return (
    <div class="diff" role="group" aria-label={`Difference: ${added} lines added, ${removed} removed`} tabIndex={0}>
      {folded(lines).map((piece, index) =>
        piece.kind === "skipped" ? (
          <p key={index} class="diff-skipped">
            {piece.count === 1 ? "1 unchanged line" : `${piece.count} unchanged lines`}
          </p>
        ) : (
          piece.lines.map((line, at) => <Line key={`${index}.${at}`} line={line} />)
        ),
      )}
    </div>
  );
}

function Line({ line }: { line: DiffLine }) {
  return (
    <div class={`diff-line diff-${line.kind}`}>
      <span class="diff-sign" aria-hidden="true">
        {SIGN[line.kind]}
      </span>
      <span class="diff-text">
        {SAID[line.kind] !== "" && <span class="fd-hidden">{SAID[line.kind]}</span>}
        {line.text === "" ? " " : line.text}
      </span>
    </div>
  );
}
