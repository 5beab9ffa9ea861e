/** The highlighted row after an arrow key; null is the text field itself. The list is a ring. */
export function moveHighlight(current: number | null, step: 1 | -1, count: number): number | null {
  if (count === 0) return null;
  if (current === null) return step === 1 ? 0 : count - 1;
  const next = current + step;
  return next < 0 || next >= count ? null : next;
}
