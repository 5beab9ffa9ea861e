/** A button that opens a short list of things to do. Arrow keys, Escape and a click elsewhere work as people expect. */
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Button, IconButton } from "../../shared/components/button";
import { Icon, type IconNode } from "../../shared/components/icon";

export interface MenuItem {
  label: string;
  hint?: string;
  icon?: IconNode;
  /** Stands as a heading above the first item of its group. */
  group?: string;
  run: () => void;
}

interface Props {
  label: string;
  icon: IconNode;
  items: readonly MenuItem[];
  /** Which edge of the button the list keeps to. */
  align?: "start" | "end";
  /** Show the label in the button, not the icon alone. */
  words?: boolean;
  primary?: boolean;
  disabled?: boolean;
}

export function Menu({ label, icon, items, align = "start", words = false, primary = false, disabled = false }: Props) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const id = useId();
  useEffect(() => {
    if (!open) return;
    entries(box.current)[0]?.focus();
    const outside = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);

  function close(): void {
    setOpen(false);
    trigger.current?.focus();
  }

  const state = { "aria-haspopup": "menu" as const, "aria-expanded": open, "aria-controls": open ? id : undefined };
  const press = { onClick: () => setOpen(!open), disabled };
  return (
    <div class="menu" ref={box} onKeyDown={(event) => open && onKey(event, box.current, close)}>
      {words ? (
        <Button
          small
          icon={icon}
          class="menu-button"
          kind={primary ? "primary" : "normal"}
          aria-label={label}
          buttonRef={trigger}
          {...state}
          {...press}
        >
          <span class="menu-words">{label}</span>
        </Button>
      ) : (
        <IconButton icon={icon} label={label} buttonRef={trigger} {...state} {...press} />
      )}
      {open && (
        <div class={`menu-list menu-${align}`} id={id} role="menu" aria-label={label}>
          {items.map((item, at) => [
            item.group !== undefined && item.group !== items[at - 1]?.group && (
              <p key={item.group} class="menu-group" role="presentation">
                {item.group}
              </p>
            ),
            <button
              key={`${item.group ?? ""} ${item.label}`}
              aria-label={item.group === undefined ? undefined : `${item.group}: ${item.label}${item.hint ? `, ${item.hint}` : ""}`}
              type="button"
              role="menuitem"
              tabIndex={-1}
              class="menu-item"
              onClick={() => {
                close();
                item.run();
              }}
            >
              {item.icon && <Icon node={item.icon} />}
              <span>
                {item.label}
                {item.hint && <span class="menu-hint">{item.hint}</span>}
              </span>
            </button>,
          ])}
        </div>
      )}
    </div>
  );
}

function entries(box: HTMLElement | null): HTMLButtonElement[] {
  return Array.from(box?.querySelectorAll<HTMLButtonElement>("[role=menuitem]") ?? []);
}

function onKey(event: KeyboardEvent, box: HTMLElement | null, close: () => void): void {
  const all = entries(box);
  const at = all.indexOf(document.activeElement as HTMLButtonElement);
  const go = (index: number) => all[(index + all.length) % all.length]?.focus();
  if (event.key === "ArrowDown") go(at + 1);
  else if (event.key === "ArrowUp") go(at - 1);
  else if (event.key === "Home") go(0);
  else if (event.key === "End") go(-1);
  else if (event.key === "Escape" || event.key === "Tab") close();
  else return;
  if (event.key !== "Tab") event.preventDefault();
}
