/** What stands in a pane that has nothing to show: empty (what this is, what to do first) or failed (what to do now). */
import type { ComponentChildren } from "preact";
import { RotateCcw, TriangleAlert } from "lucide";
import { Button } from "./button";
import { Icon, type IconNode } from "./icon";

interface EmptyProps {
  icon?: IconNode;
  title: string;
  /** One or two sentences. */
  children?: ComponentChildren;
  actions?: ComponentChildren;
}

export function EmptyState({ icon, title, children, actions }: EmptyProps) {
  return (
    <div class="fd-state">
      {icon && (
        <div class="fd-state-icon">
          <Icon node={icon} />
        </div>
      )}
      <h2 class="fd-state-title">{title}</h2>
      {children && <p class="fd-state-text">{children}</p>}
      {actions && <div class="fd-state-actions">{actions}</div>}
    </div>
  );
}

interface ErrorProps {
  /** What happened. */
  title: string;
  /** What was kept, what to do. */
  children?: ComponentChildren;
  retry?: () => void;
  retryLabel?: string;
}

export function ErrorState({ title, children, retry, retryLabel = "Try again" }: ErrorProps) {
  return (
    <div class="fd-state fd-state-bad" role="alert">
      <div class="fd-state-icon">
        <Icon node={TriangleAlert} />
      </div>
      <h2 class="fd-state-title">{title}</h2>
      {children && <p class="fd-state-text">{children}</p>}
      {retry && (
        <div class="fd-state-actions">
          <Button icon={RotateCcw} onClick={retry}>
            {retryLabel}
          </Button>
        </div>
      )}
    </div>
  );
}
