/** The rarely needed: a copy of the conversation, ending it, being forgotten. */
import { Download, EllipsisVertical, Flag, Trash2 } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button, IconButton } from "../../shared/components/button";
import { Icon, type IconNode } from "../../shared/components/icon";
import { saveCopy } from "../transcript";
import { words } from "../words";
import { useWidget } from "./context";

export function Menu() {
  const { session, reset } = useWidget();
  const [open, setOpen] = useState(false);
  const [asking, setAsking] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const close = () => {
    setOpen(false);
    setAsking(false);
  };
  useEffect(() => {
    if (open) list.current?.querySelector<HTMLElement>("button:not(:disabled)")?.focus();
  }, [open, asking]);
  useOutside(list, button, open, close);

  const { log, status } = session.model.value;
  const pick = (run: () => void) => () => {
    close();
    button.current?.focus();
    run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.preventDefault();
      close();
      button.current?.focus();
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") moveFocus(event, list.current);
  };
  return (
    <div class="menu-place" onKeyDown={onKeyDown}>
      <IconButton
        icon={EllipsisVertical}
        label={words.menu}
        buttonRef={button}
        aria-expanded={open}
        aria-controls="menu"
        onClick={() => (open ? close() : setOpen(true))}
      />
      <div id="menu" class="menu" ref={list} hidden={!open}>
        {asking ? (
          <div class="menu-ask">
            <p>{words.forgetQuestion}</p>
            <div class="card-actions">
              <Button small kind="danger" onClick={pick(reset)}>
                {words.forgetYes}
              </Button>
              <Button small onClick={close}>
                {words.forgetNo}
              </Button>
            </div>
          </div>
        ) : (
          <>
            <Item icon={Download} disabled={log.events.length === 0} run={pick(() => saveCopy(session.model.value))}>
              {words.menuCopy}
            </Item>
            <Item
              icon={Flag}
              disabled={log.events.length === 0 || status?.owner === "closed"}
              run={pick(() => session.write({ type: "close" }))}
            >
              {words.menuEnd}
            </Item>
            <Item icon={Trash2} run={() => setAsking(true)}>
              {words.menuForget}
            </Item>
          </>
        )}
      </div>
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

function useOutside(
  box: { current: HTMLElement | null },
  button: { current: HTMLElement | null },
  open: boolean,
  close: () => void,
): void {
  useEffect(() => {
    if (!open) return;
    const onPointer = (event: PointerEvent) => {
      const path = event.composedPath();
      if (box.current && !path.includes(box.current) && !(button.current && path.includes(button.current))) close();
    };
    document.addEventListener("pointerdown", onPointer, true);
    return () => document.removeEventListener("pointerdown", onPointer, true);
  }, [open]);
}
