/** Who speaks, and whether that is the bot or a person. */
import { Avatar } from "../../shared/components/avatar";
import type { Actor } from "../../shared/protocol";

export function Byline({ actor, me }: { actor: Actor; me: string | null }) {
  if (actor.role === "system") return null;
  return (
    <p class="byline">
      <Avatar role={actor.role} name={actor.name} />
      <span class="byline-name" dir="auto">
        {actor.agent_id !== null && actor.agent_id === me ? "You" : actor.name}
      </span>
      {actor.role === "bot" && <span class="fd-tag fd-tag-bot">bot</span>}
      {actor.role === "agent" && actor.agent_id !== me && <span class="fd-tag fd-tag-human">colleague</span>}
    </p>
  );
}
