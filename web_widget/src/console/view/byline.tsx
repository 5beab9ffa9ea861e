/** Who speaks, and whether that is the bot or a person. */
import { Avatar } from "../../shared/components/avatar";
import type { Actor } from "../../shared/protocol";

interface Props {
  actor: Actor;
  me: string | null;
  customer: string;
}

export function Byline({ actor, me, customer }: Props) {
  const mine = actor.agent_id !== null && actor.agent_id === me;
  const name = actor.role === "customer" ? customer : mine ? "You" : actor.name;
  return (
    <p class="byline">
      <Avatar role={actor.role === "system" ? "bot" : actor.role} name={mine ? actor.name : name} />
      <span class="byline-name" dir="auto">
        {name}
      </span>
      {actor.role === "system" && <span class="fd-tag">automatic</span>}
      {actor.role === "bot" && <span class="fd-tag fd-tag-bot">bot</span>}
      {actor.role === "agent" && actor.agent_id !== me && <span class="fd-tag fd-tag-human">colleague</span>}
    </p>
  );
}
