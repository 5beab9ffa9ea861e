/** The right pane: everything known about this conversation, so that nobody has to ask twice. */
import { ArrowLeft, PanelRightClose } from "lucide";
import { IconButton } from "../../shared/components/button";
import { Skeleton } from "../../shared/components/skeleton";
import { hideDetails } from "../page";
import { lastCustomerText } from "../state/chat";
import { correctionsSince } from "../state/corrections";
import { latestPacket } from "../state/rows";
import { Articles } from "./articles";
import { useBench, usePick } from "./bench";
import { PacketAfter, PacketBefore } from "./packet-view";

export function ContextPane({ conversation }: { conversation: string }) {
  const { page } = useBench();
  const chat = usePick((state) => state.chats[conversation]);
  const event = chat === undefined ? null : latestPacket(chat);
  const packet = event?.packet ?? null;
  const question = chat === undefined ? "" : lastCustomerText(chat);
  const back = () => hideDetails(page);
  return (
    <aside class="context" aria-label="Details">
      <header class="context-head">
        <IconButton class="only-one" icon={ArrowLeft} turns label="Back to the chat" onClick={back} />
        <h2 class="context-title">Details</h2>
        <IconButton class="only-two" icon={PanelRightClose} turns label="Hide details" onClick={back} />
      </header>
      <div class="context-body">
        {chat === undefined || (!chat.loaded && chat.refused === null) ? (
          <Skeleton lines={7} label="Loading the details" />
        ) : (
          <>
            {event === null ? (
              <p class="context-none">This conversation was not handed over, so there is no summary.</p>
            ) : (
              <PacketBefore event={event} corrections={correctionsSince(event, chat.log.events)} />
            )}
            <Articles conversation={conversation} question={question} />
            {packet !== null && <PacketAfter packet={packet} />}
          </>
        )}
      </div>
    </aside>
  );
}
