/** The editor as a whole: who may come in, and which view the address asks for. */
import { useEffect } from "preact/hooks";
import { BookOpenText, LogOut } from "lucide";
import type { Signal } from "@preact/signals";
import { IconButton } from "../../shared/components/button";
import { Icon } from "../../shared/components/icon";
import { Skeleton } from "../../shared/components/skeleton";
import { ErrorState } from "../../shared/components/state";
import type { Me } from "../../shared/protocol";
import type { Route } from "../route";
import { ArticlePage } from "./article-page";
import { useWorld } from "./context";
import { Dialog } from "./dialog";
import { ListPage } from "./list-page";
import { NewArticle } from "./new-article";
import { NotEditor, SignInForm, SignInPage } from "./sign-in";

export function App({ route }: { route: Signal<Route> }) {
  const { session } = useWorld();
  useEffect(() => void session.ask(), [session]);
  const state = session.state.value;
  switch (state.is) {
    case "asking":
      return <Skeleton lines={4} label="Opening the editor" />;
    case "out":
      return <SignInPage />;
    case "not_editor":
      return <NotEditor name={state.me.name} />;
    case "unreachable":
      return (
        <main class="article-wait">
          <ErrorState title="The editor could not be opened" retry={() => void session.ask()}>
            {state.message}
          </ErrorState>
        </main>
      );
    case "in":
    case "ended":
      return (
        <div class="shell">
          <TopBar me={state.me} />
          <View route={route.value} me={state.me} />
          {state.is === "ended" && (
            <Dialog title="You were signed out">
              <SignInForm email={state.me.email} lead="Sign in again to go on. Your text is still here." />
            </Dialog>
          )}
        </div>
      );
  }
}

function View({ route, me }: { route: Route; me: Me }) {
  if (route.view === "new") return <NewArticle />;
  if (route.view === "article") return <ArticlePage key={route.id} id={route.id} me={me.name} />;
  return <ListPage filter={route.filter} />;
}

function TopBar({ me }: { me: Me }) {
  const { session } = useWorld();
  return (
    <header class="top-bar">
      <a class="brand" href="/editor">
        <Icon node={BookOpenText} /> Editor
      </a>
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
