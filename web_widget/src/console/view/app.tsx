/** The whole page: the door, or the three panes behind it. */
import type { Signal } from "@preact/signals";
import { Headphones } from "lucide";
import { Button } from "../../shared/components/button";
import { Skeleton } from "../../shared/components/skeleton";
import { EmptyState, ErrorState } from "../../shared/components/state";
import { hideDetails } from "../page";
import type { Session } from "../session";
import { type Bench, BenchProvider, useBench, usePick } from "./bench";
import { ChatPane, NoChat } from "./chat-pane";
import { ContextPane } from "./context-pane";
import { HelpDialog } from "./help-dialog";
import { LinkLine } from "./link-line";
import { Offers } from "./offers";
import { QueuePane } from "./queue-pane";
import { SignInPage } from "./sign-in";
import { Toasts } from "./toasts";
import { TransferDialog } from "./transfer-dialog";

interface Props {
  session: Session;
  parts: Omit<Bench, "me" | "signOut">;
}

export function App({ session, parts }: Props) {
  const state = session.state.value;
  switch (state.is) {
    case "asking":
      return <Skeleton lines={6} label="Loading the console" />;
    case "out":
      return <SignInPage session={session} again={state.again} />;
    case "unreachable":
      return (
        <main class="door">
          <ErrorState title="The console cannot reach the server" retry={() => void session.ask()}>
            {state.message}
          </ErrorState>
        </main>
      );
    case "not_agent":
      return <NotAgent session={session} name={state.me.name} editor={state.me.roles.includes("editor")} />;
    case "in":
      return (
        <BenchProvider value={{ ...parts, me: state.me, signOut: () => session.signOut() }}>
          <Floor pane={parts.page.pane} />
        </BenchProvider>
      );
  }
}

function Floor({ pane }: { pane: Signal<"chat" | "context"> }) {
  const selected = usePick((state) => state.selected);
  const open = usePick((state) => state.selected !== null && (state.chats[state.selected]?.refused ?? null) === null);
  const { page } = useBench();
  return (
    <div class="console" data-pane={selected === null ? "list" : open ? pane.value : "alone"}>
      <LinkLine />
      <Offers />
      <div class="panes">
        <QueuePane />
        {selected === null ? <NoChat /> : <ChatPane key={selected} conversation={selected} />}
        {selected !== null && open && (
          <>
            <button type="button" class="scrim" tabIndex={-1} aria-hidden="true" onClick={() => hideDetails(page)} />
            <ContextPane key={`context-${selected}`} conversation={selected} />
          </>
        )}
      </div>
      <Toasts />
      <HelpDialog />
      <TransferDialog />
    </div>
  );
}

function NotAgent({ session, name, editor }: { session: Session; name: string; editor: boolean }) {
  return (
    <main class="door">
      <EmptyState
        icon={Headphones}
        title="This account does not answer customers"
        actions={
          <>
            {editor && (
              <a class="fd-button" href="/editor">
                Open the editor
              </a>
            )}
            <Button onClick={() => void session.signOut().catch(() => session.ask())}>Sign out</Button>
          </>
        }
      >
        You are signed in as {name}. Ask whoever runs Frontdesk here for the role of an agent, or sign in with another account.
      </EmptyState>
    </main>
  );
}
