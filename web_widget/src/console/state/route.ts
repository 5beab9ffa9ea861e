/** `/console` and `/console/c/<id>`: which conversation a path means, and back. Pure. */

const CHAT = /^\/console\/c\/([^/]+)\/?$/;

export function conversationOf(path: string): string | null {
  const found = CHAT.exec(path)?.[1];
  if (found === undefined) return null;
  try {
    return decodeURIComponent(found);
  } catch {
    return null;
  }
}

export function pathOf(conversation: string | null): string {
  return conversation === null ? "/console" : `/console/c/${encodeURIComponent(conversation)}`;
}
