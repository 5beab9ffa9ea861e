/** Tells the page what happens in the conversation, as events without the text of messages. */
import type { Shell } from "./contract";
import { isComplete } from "./model";
import type { Session } from "./session";

/** Events of the past are not news: only what arrives after the history is announced. */
export function announce(session: Session, shell: Shell): () => void {
  let owner = "";
  return session.onFrame((frame) => {
    if (frame.type === "status" && frame.owner !== owner) {
      owner = frame.owner;
      shell.emit("status", { owner });
    }
    if (frame.type !== "event" || frame.kind === "hidden") return;
    const model = session.model.value;
    if (!isComplete(model) || frame.seq <= model.head) return;
    if (frame.kind === "message" || frame.kind === "answer") shell.emit("message", { from: frame.actor.role, seq: frame.seq });
    if (frame.kind === "rating") shell.emit("rating", { score: frame.score });
    if (frame.kind !== "notice") return;
    if (frame.code === "queued") shell.emit("handoff");
    if (frame.code === "joined" || frame.code === "passed_on") shell.emit("agent:joined", { name: frame.agent?.name });
    if (frame.code === "left") shell.emit("agent:left", { name: frame.agent?.name });
  });
}
