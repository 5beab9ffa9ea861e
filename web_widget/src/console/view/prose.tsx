/** What somebody wrote: lines as they were typed, addresses as links, never HTML. */
import { linkPieces } from "../state/links";

export function Prose({ text }: { text: string }) {
  return (
    <p class="prose" dir="auto">
      {linkPieces(text).map((piece, index) =>
        piece.href === null ? (
          piece.text
        ) : (
          <a key={index} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {piece.text}
          </a>
        ),
      )}
    </p>
  );
}
