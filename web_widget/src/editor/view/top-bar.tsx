/** The one bar on top: where you are, what a view adds to it, and who you are. */
import type { ComponentChildren } from "preact";
import { BookOpenText, LogOut } from "lucide";
import { IconButton } from "../../shared/components/button";
import { Icon } from "../../shared/components/icon";
import type { Me } from "../../shared/protocol";
import { useWorld } from "./context";

export function TopBar({ me, children }: { me: Me; children?: ComponentChildren }) {
  const { session } = useWorld();
  return (
    <header class="top-bar">
      <a class="brand" href="/editor" aria-label="Editor, all articles">
        <Icon node={BookOpenText} /> <span class="brand-word">Editor</span>
      </a>
      {children}
      <nav class="top-links" aria-label="Elsewhere">
        <a href="/help" target="_blank" rel="noopener">
          Help centre
        </a>
        {me.roles.includes("agent") && <a href="/console">Console</a>}
      </nav>
      <span class="top-me">{me.name}</span>
      <IconButton icon={LogOut} label="Sign out" onClick={() => void session.signOut()} />
    </header>
  );
}
