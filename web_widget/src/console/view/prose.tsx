/** What somebody wrote: lines as they were typed, addresses as links, never HTML. */
import type { Range } from "../state/spot";
import { markPieces } from "../state/spot";
import { linkPieces } from "../state/links";

/** `mark` is a range of characters to be shown marked. */
export function Prose({ text, mark = null }: { text: string; mark?: Range | null }) {
  return (
    <p class="prose" dir="auto">
      {markPieces(linkPieces(text), text, mark).map((piece, index) => {
        const words = piece.marked ? <mark key={index}>{piece.text}</mark> : piece.text;
        return piece.href === null ? (
          words
        ) : (
          <a key={index} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {words}
          </a>
        );
      })}
    </p>
  );
}
