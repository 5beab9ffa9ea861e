/** Sign-in for editors: as a page of its own, or over the page when the session ended in the middle of work. */
import { useState } from "preact/hooks";
import { sentenceOf } from "../library";
import { Button } from "../../shared/components/button";
import { useWorld } from "./context";
import { ProblemLine } from "./problem";

export interface SignInProps {
  /** Filled in when we know who it was. */
  email?: string;
  lead?: string;
}

export function SignInForm({ email = "", lead }: SignInProps) {
  const { session } = useWorld();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    setProblem(null);
    try {
      await session.signIn(String(form.get("email") ?? "").trim(), String(form.get("password") ?? ""));
    } catch (error) {
      setProblem(sentenceOf(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form class="signin-form" onSubmit={(event) => void submit(event)}>
      {lead !== undefined && <p class="quiet">{lead}</p>}
      <label class="fd-field">
        <span class="fd-label">E-mail</span>
        <input class="fd-input" name="email" type="email" autocomplete="username" required autofocus={email === ""} defaultValue={email} />
      </label>
      <label class="fd-field">
        <span class="fd-label">Password</span>
        <input class="fd-input" name="password" type="password" autocomplete="current-password" required autofocus={email !== ""} />
      </label>
      <ProblemLine message={problem} />
      <button type="submit" class="fd-button fd-button-primary button-wide" disabled={busy}>
        {busy ? "Signing in…" : "Sign in"}
      </button>
    </form>
  );
}

export function SignInPage() {
  return (
    <main class="signin">
      <div class="signin-card">
        <h1>Editor</h1>
        <p class="quiet signin-lead">Write what Fern knows. Sign in with your staff account.</p>
        <SignInForm />
      </div>
    </main>
  );
}

export function NotEditor({ name }: { name: string }) {
  const { session } = useWorld();
  return (
    <main class="signin">
      <div class="signin-card">
        <h1>Not an editor account</h1>
        <p class="quiet">
          {name}, your account may not change articles. Ask whoever runs Frontdesk here for the editor role, or sign in
          with another account.
        </p>
        <div class="signin-actions">
          <Button kind="primary" onClick={() => void session.signOut()}>
            Use another account
          </Button>
          <a class="fd-button" href="/console">
            Go to the console
          </a>
        </div>
      </div>
    </main>
  );
}
