/** A modal dialog on the browser's own <dialog>: focus is kept inside and given back, Escape closes. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useId, useRef } from "preact/hooks";
import { X } from "lucide";
import { IconButton } from "../../shared/components/button";

interface Props {
  title: string;
  wide?: boolean;
  /** Left out: it cannot be dismissed. */
  close?: () => void;
  actions?: ComponentChildren;
  children: ComponentChildren;
}

export function Dialog({ title, wide = false, close, actions, children }: Props) {
  const box = useRef<HTMLDialogElement>(null);
  const name = useId();

  useLayoutEffect(() => {
    const dialog = box.current;
    if (dialog !== null && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);

  return (
    <dialog
      ref={box}
      class={wide ? "dialog dialog-wide" : "dialog"}
      aria-labelledby={name}
      onCancel={(event) => {
        event.preventDefault();
        close?.();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) close?.();
      }}
    >
      <div class="dialog-box">
        <header class="dialog-head">
          <h2 id={name}>{title}</h2>
          {close && <IconButton icon={X} label="Close" onClick={close} />}
        </header>
        <div class="dialog-body">{children}</div>
        {actions && <footer class="dialog-actions">{actions}</footer>}
      </div>
    </dialog>
  );
}
