/** What stands between the log and the composer while a person is called: the place in line, and what they will be told. */
import type { CustomerStatus } from "../../shared/protocol";
import { Meanwhile } from "./meanwhile";
import { QueueCard } from "./queue-card";
import { TellCard } from "./tell-card";

export function Waiting({ status }: { status: CustomerStatus }) {
  const { owner, card } = status;
  return (
    <>
      {owner === "queue" && <QueueCard status={status} />}
      {owner === "queue" && <Meanwhile />}
      {card && <TellCard card={card} waiting={owner === "queue"} joined={owner === "agent"} />}
    </>
  );
}
