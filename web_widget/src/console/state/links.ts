/** Plain text cut into words and web addresses, so that addresses can become links without any HTML. Pure. */

export interface Piece {
  text: string;
  href: string | null;
}

const ADDRESS = /https?:\/\/[^\s<>"']+/g;
/** What ends a sentence, not an address. */
const TAIL = /[.,;:!?)\]]+$/;

export function linkPieces(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const found of text.matchAll(ADDRESS)) {
    const address = found[0].replace(TAIL, "");
    if (found.index > from) pieces.push({ text: text.slice(from, found.index), href: null });
    pieces.push({ text: address, href: address });
    from = found.index + address.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), href: null });
  return pieces;
}

/** A page's address as a link, or null: what a customer's browser says about itself is never trusted. */
export function safeHref(address: string): string | null {
  try {
    const url = new URL(address);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

/** Opens a letter that quotes what it answers. */
export function mailTo(email: string, about: string): string {
  return `mailto:${encodeURIComponent(email)}?subject=${encodeURIComponent("Your message to us")}&body=${encodeURIComponent(`\n\n> ${about}`)}`;
}

/** A telephone takes digits, and a plus in front. */
export function callTo(phone: string): string {
  return `tel:${phone.replace(/(?!^\+)[^0-9]/g, "")}`;
}
