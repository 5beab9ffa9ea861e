/**
 * What changed between two texts, line by line: a longest common subsequence after the shared head and tail are cut
 * away. Pure.
 */

export type DiffLine =
  | { kind: "same"; text: string; before: number; after: number }
  | { kind: "gone"; text: string; before: number }
  | { kind: "new"; text: string; after: number };

export type DiffPiece = { kind: "lines"; lines: DiffLine[] } | { kind: "skipped"; count: number };

/** Above this many cells the middle is shown as replaced whole: an editor waits for no comparison. */
const MOST_CELLS = 4_000_000;

/** Line numbers begin at 1. A missing end of line at the very end makes no difference. */
export function diffLines(before: string, after: string): DiffLine[] {
  const a = linesOf(before);
  const b = linesOf(after);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const out: DiffLine[] = [];
  const same = (i: number, j: number) => out.push({ kind: "same", text: a[i] ?? "", before: i + 1, after: j + 1 });
  for (let i = 0; i < head; i += 1) same(i, i);
  middle(a, b, head, tail, out, same);
  for (let k = tail; k > 0; k -= 1) same(a.length - k, b.length - k);
  return out;
}

function middle(
  a: string[],
  b: string[],
  head: number,
  tail: number,
  out: DiffLine[],
  same: (i: number, j: number) => void,
): void {
  const n = a.length - head - tail;
  const m = b.length - head - tail;
  const gone = (i: number) => out.push({ kind: "gone", text: a[head + i] ?? "", before: head + i + 1 });
  const fresh = (j: number) => out.push({ kind: "new", text: b[head + j] ?? "", after: head + j + 1 });
  const width = m + 1;
  const known = n * m <= MOST_CELLS ? lengths(a, b, head, n, m) : null;
  let i = 0;
  let j = 0;
  while (known !== null && i < n && j < m) {
    if (a[head + i] === b[head + j]) {
      same(head + i, head + j);
      i += 1;
      j += 1;
    } else if ((known[(i + 1) * width + j] ?? 0) >= (known[i * width + j + 1] ?? 0)) {
      gone(i);
      i += 1;
    } else {
      fresh(j);
      j += 1;
    }
  }
  for (; i < n; i += 1) gone(i);
  for (; j < m; j += 1) fresh(j);
}

/** Cell (i, j): how many lines a[head+i…] and b[head+j…] have in common. */
function lengths(a: string[], b: string[], head: number, n: number, m: number): Uint16Array | Uint32Array {
  const width = m + 1;
  const cells = Math.min(n, m) < 65_536 ? new Uint16Array((n + 1) * width) : new Uint32Array((n + 1) * width);
  for (let i = n - 1; i >= 0; i -= 1) {
    for (let j = m - 1; j >= 0; j -= 1) {
      cells[i * width + j] =
        a[head + i] === b[head + j]
          ? (cells[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(cells[(i + 1) * width + j] ?? 0, cells[i * width + j + 1] ?? 0);
    }
  }
  return cells;
}

/** The changed lines with `around` unchanged ones on either side; longer unchanged runs are folded away. */
export function folded(lines: DiffLine[], around = 2): DiffPiece[] {
  const near = new Set<number>();
  lines.forEach((line, index) => {
    if (line.kind === "same") return;
    for (let at = index - around; at <= index + around; at += 1) near.add(at);
  });
  const pieces: DiffPiece[] = [];
  lines.forEach((line, index) => {
    const last = pieces.at(-1);
    if (near.has(index)) {
      if (last?.kind === "lines") last.lines.push(line);
      else pieces.push({ kind: "lines", lines: [line] });
    } else if (last?.kind === "skipped") last.count += 1;
    else pieces.push({ kind: "skipped", count: 1 });
  });
  return pieces;
}

export function counts(lines: DiffLine[]): { added: number; removed: number } {
  return {
    added: lines.filter((line) => line.kind === "new").length,
    removed: lines.filter((line) => line.kind === "gone").length,
  };
}

function linesOf(text: string): string[] {
  const trimmed = text.replace(/\r\n/g, "\n").replace(/\n+$/, "");
  return trimmed === "" ? [] : trimmed.split("\n");
}
