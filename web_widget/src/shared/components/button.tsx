/** Buttons with words, and buttons with an icon alone (which then must say what they do). */
import type { ComponentChildren, JSX, Ref } from "preact";
import { Icon, type IconNode } from "./icon";

type Native = Omit<JSX.IntrinsicElements["button"], "icon" | "label" | "ref">;

interface ButtonProps extends Native {
  kind?: "normal" | "primary" | "quiet" | "danger";
  small?: boolean;
  icon?: IconNode;
  buttonRef?: Ref<HTMLButtonElement>;
  children: ComponentChildren;
}

export function Button({ kind = "normal", small, icon, buttonRef, children, class: extra, ...rest }: ButtonProps) {
  const parts = ["fd-button", kind !== "normal" && `fd-button-${kind}`, small && "fd-button-small", extra];
  return (
    <button type="button" ref={buttonRef} class={parts.filter(Boolean).join(" ")} {...rest}>
      {icon && <Icon node={icon} />}
      {children}
    </button>
  );
}

interface IconButtonProps extends Native {
  icon: IconNode;
  label: string;
  turns?: boolean;
  buttonRef?: Ref<HTMLButtonElement>;
}

export function IconButton({ icon, label, turns, buttonRef, class: extra, ...rest }: IconButtonProps) {
  const name = ["fd-icon-button", extra].filter(Boolean).join(" ");
  return (
    <button type="button" ref={buttonRef} class={name} aria-label={label} title={label} {...rest}>
      <Icon node={icon} turns={turns} />
    </button>
  );
}
