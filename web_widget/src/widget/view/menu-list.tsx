/** A copy of the conversation, ending it, being forgotten. */
import { Download, Flag, Trash2 } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../shared/components/button";
import { Icon, type IconNode } from "../../shared/components/icon";
import { useCell } from "../../shared/components/use-cell";
import { saveCopy } from "../transcript";
import { rareWords } from "../rare-words";
import { useWidget } from "./context";

export function MenuList({ close }: { close: () => void }) {
  const { session, reset } = useWidget();
  const [asking, setAsking] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => list.current?.querySelector<HTMLElement>("button:not(:disabled)")?.focus(), [asking]);
  const { log, status } = useCell(session.model);
  const nothing = log.events.length === 0;
  const pick = (run: () => void) => () => {
    close();
    run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") moveFocus(event, list.current);
  };
  return (
    <div id="menu" class="menu" ref={list} onKeyDown={onKeyDown}>
      {asking ? (
        <div class="menu-ask">
          <p>{rareWords.forgetQuestion}</p>
          <div class="card-actions">
            <Button small kind="danger" onClick={pick(reset)}>
              {rareWords.forgetYes}
            </Button>
            <Button small onClick={close}>
              {rareWords.forgetNo}
            </Button>
          </div>
        </div>
      ) : (
        <>
          <Item icon={Download} disabled={nothing} run={pick(() => saveCopy(session.model.value))}>
            {rareWords.menuCopy}
          </Item>
          <Item
            icon={Flag}
            disabled={nothing || status?.owner === "closed"}
            run={pick(() => void session.write({ type: "close" }))}
          >
            {rareWords.menuEnd}
          </Item>
          <Item icon={Trash2} run={() => setAsking(true)}>
            {rareWords.menuForget}
          </Item>
        </>
      )}
    </div>
  );
}

function Item(props: { icon: IconNode; disabled?: boolean; run: () => void; children: string }) {
  return (
    <button type="button" class="menu-item" disabled={props.disabled} onClick={props.run}>
      <Icon node={props.icon} />
      {props.children}
    </button>
  );
}

function moveFocus(event: KeyboardEvent, list: HTMLElement | null): void {
  const items = Array.from(list?.querySelectorAll<HTMLElement>("button:not(:disabled)") ?? []);
  const now = items.indexOf((list?.getRootNode() as ShadowRoot).activeElement as HTMLElement);
  const next = event.key === "ArrowDown" ? now + 1 : now - 1;
  event.preventDefault();
  items[(next + items.length) % items.length]?.focus();
}
