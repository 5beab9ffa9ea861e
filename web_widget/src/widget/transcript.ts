/** The conversation as plain text, for the customer to keep. */
import type { LogEvent } from "../shared/log";
import type { Model } from "./model";
import { words } from "./words";

function line(event: LogEvent): string | null {
  const time = new Date(event.at).toISOString().replace("T", " ").slice(0, 16);
  const name = event.actor.role === "customer" ? words.you : event.actor.name;
  switch (event.kind) {
    case "message":
    case "choices":
    case "offer":
      return `${time}  ${name}: ${event.text}`;
    case "answer":
      return `${time}  ${name}: ${event.text}\n    ${words.source}: ${event.hit.article_title}`;
    case "chosen":
      return `${time}  ${name}: ${event.label}`;
    case "notice":
      return `${time}  ${event.text}`;
    default:
      return null;
  }
}

/** One paragraph an event, oldest first; times in UTC. */
export function transcript(model: Model): string {
  return model.log.events
    .map(line)
    .filter((text) => text !== null)
    .join("\n\n");
}

export function saveCopy(model: Model): void {
  const address = URL.createObjectURL(new Blob([transcript(model)], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = "conversation.txt";
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
