/** The editor as a whole: who may come in, and which view the address asks for. */
import { useEffect } from "preact/hooks";
import type { Signal } from "@preact/signals";
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
import { TopBar } from "./top-bar";

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
  if (route.view === "article") return <ArticlePage key={route.id} id={route.id} me={me} />;
  return (
    <>
      <TopBar me={me} />
      {route.view === "new" ? <NewArticle /> : <ListPage filter={route.filter} />}
    </>
  );
}
