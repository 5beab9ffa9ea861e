/** Who speaks: initials for people, an icon for the bot. */
import { Bot } from "lucide";
import { Icon } from "./icon";

interface Props {
  role: "bot" | "agent" | "customer";
  name: string;
}

export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => Array.from(word ?? "")[0]?.toLocaleUpperCase() ?? "").join("");
}

export function Avatar({ role, name }: Props) {
  return (
    <span class={`fd-avatar fd-avatar-${role}`} aria-hidden="true">
      {role === "bot" ? <Icon node={Bot} /> : initials(name)}
    </span>
  );
}
