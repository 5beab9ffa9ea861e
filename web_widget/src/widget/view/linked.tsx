/** Plain text with its web addresses as links. */
import type { ComponentChildren } from "preact";

const ADDRESS = /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/giu;

/** Text and addresses in turn: every second part is an address. */
export function splitAddresses(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    parts.push(text.slice(from, match.index), match[0]);
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from));
  return parts;
}

export function Linked({ text }: { text: string }): ComponentChildren {
  return splitAddresses(text).map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <a key={index} href={part} target="_blank" rel="noopener noreferrer nofollow">
        {part}
      </a>
    ),
  );
}
