/** Beside the closed launcher: the place of a customer who waits in line. Plain DOM, drawn where the launcher is. */
import { follow } from "../shared/cell";
import type { Shell } from "./contract";
import { isLeft, type Model } from "./model";
import type { Session } from "./session";
import type { Ui } from "./ui";
import { placeWords, words } from "./words";

/** Empty while there is nothing to say, and while nobody knows: a place that was true before the line broke may be another. */
export function placeOf(model: Model, connected: boolean): string {
  const { status } = model;
  if (!connected || status?.owner !== "queue" || isLeft(model)) return "";
  if (!status.agents_online) return words.placeKept;
  return status.queue ? placeWords(status.queue.position) : words.queueUnknown;
}

export function signPlace({ model, link }: Session, { open }: Ui, { root, stage }: Shell): () => void {
  const sign = document.createElement("p");
  sign.id = "place";
  sign.className = "place fd-numbers";
  sign.role = "status";
  stage.append(sign);
  root.querySelector(".launcher")?.setAttribute("aria-describedby", sign.id);
  const draw = () => {
    const text = open.value ? "" : placeOf(model.value, link.value === "open");
    if (sign.textContent !== text) sign.textContent = text;
  };
  const undo = follow([model, link, open], draw);
  return () => {
    undo();
    sign.remove();
  };
}
