/**
 * Marks the words that answer inside a passage that is shown whole. White space does not count: a passage has other line
 * breaks as text than as HTML. Words that are not found as they stand are not marked; nothing else changes.
 */

/** Wraps what reads like `words` under `root` in <mark>, across elements if need be; the first place only. */
export function highlight(root: Node, words: string): void {
  const wanted = words.replace(/\s+/gu, "");
  if (wanted === "") return;
  const nodes = textNodes(root);
  const text = nodes.map((node) => node.data.replace(/\s+/gu, "")).join("");
  const start = text.indexOf(wanted);
  if (start < 0) return;
  let passed = 0;
  for (const node of nodes) {
    const length = node.data.replace(/\s+/gu, "").length;
    const [from, to] = [Math.max(start - passed, 0), Math.min(start + wanted.length - passed, length)];
    passed += length;
    if (from >= to) continue;
    const goesOn = start + wanted.length > passed;
    wrap(node, from === 0 && passed - length > start ? 0 : place(node.data, from), goesOn ? node.length : place(node.data, to - 1) + 1);
  }
}

function textNodes(root: Node): Text[] {
  const found: Text[] = [];
  for (const node of Array.from(root.childNodes)) {
    if (node.nodeType === 3) found.push(node as Text);
    else found.push(...textNodes(node));
  }
  return found;
}

/** Where the nth character that is no white space stands. */
function place(text: string, nth: number): number {
  let seen = -1;
  for (let at = 0; at < text.length; at++) {
    if (!/\s/u.test(text[at]!)) seen++;
    if (seen === nth) return at;
  }
  return text.length;
}

function wrap(node: Text, from: number, to: number): void {
  const mark = node.ownerDocument.createElement("mark");
  mark.className = "fd-answering";
  mark.textContent = node.data.slice(from, to);
  const after = node.ownerDocument.createTextNode(node.data.slice(to));
  node.data = node.data.slice(0, from);
  node.after(mark, after);
}
