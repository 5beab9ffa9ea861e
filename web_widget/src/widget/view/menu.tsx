/** The button for the rarely needed, and the place where its list opens. */
import { EllipsisVertical } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import { IconButton } from "../../shared/components/button";
import { words } from "../words";
import { WithRare } from "./use-rare";

export function Menu() {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  useEffect(() => {
    if (!open) return;
    const onPointer = (event: PointerEvent) => {
      if (place.current && !event.composedPath().includes(place.current)) setOpen(false);
    };
    document.addEventListener("pointerdown", onPointer, true);
    return () => document.removeEventListener("pointerdown", onPointer, true);
  }, [open]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !open) return;
    event.preventDefault();
    close();
  };
  return (
    <div class="menu-place" ref={place} onKeyDown={onKeyDown}>
      <IconButton
        icon={EllipsisVertical}
        label={words.menu}
        buttonRef={button}
        aria-expanded={open}
        aria-controls="menu"
        onClick={() => setOpen(!open)}
      />
      {open && <WithRare>{({ MenuList }) => <MenuList close={close} />}</WithRare>}
    </div>
  );
}
