/** The way in: e-mail and password, one clear sentence when they do not fit. Nothing is remembered. */
import { useRef, useState } from "preact/hooks";
import { ProblemError } from "../../shared/api";
import { Button } from "../../shared/components/button";
import { Icon } from "../../shared/components/icon";
import { CircleAlert } from "lucide";
import type { Session } from "../session";

interface Props {
  session: Session;
  /** There was a session and it ended. */
  again: boolean;
}

export function SignInPage({ session, again }: Props) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState("");
  const field = useRef<HTMLInputElement>(null);

  async function enter(): Promise<void> {
    if (busy) return;
    setBusy(true);
    setFailure("");
    try {
      await session.signIn(email.trim(), password);
    } catch (error) {
      setFailure(sentence(error));
      setBusy(false);
      setPassword("");
      field.current?.focus();
    }
  }

  return (
    <main class="door">
      <form
        class="door-card"
        onSubmit={(event) => {
          event.preventDefault();
          void enter();
        }}
      >
        <header class="door-head">
          <span class="door-mark" aria-hidden="true" />
          <h1 class="door-title">Agent console</h1>
          <p class="quiet">{again ? "You were signed out. What you wrote is kept." : "Sign in to answer customers."}</p>
        </header>
        <label class="fd-field">
          <span class="fd-label">E-mail</span>
          <input
            class="fd-input"
            type="email"
            name="email"
            autocomplete="username"
            required
            autofocus
            value={email}
            aria-invalid={failure !== ""}
            onInput={(event) => setEmail(event.currentTarget.value)}
          />
        </label>
        <label class="fd-field">
          <span class="fd-label">Password</span>
          <input
            class="fd-input"
            type="password"
            name="password"
            autocomplete="current-password"
            required
            ref={field}
            value={password}
            aria-invalid={failure !== ""}
            aria-describedby="door-failure"
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </label>
        <p class="door-failure" id="door-failure" role="alert">
          {failure !== "" && (
            <>
              <Icon node={CircleAlert} /> {failure}
            </>
          )}
        </p>
        <Button kind="primary" type="submit" aria-disabled={busy ? "true" : undefined}>
          {busy ? "Signing in…" : "Sign in"}
        </Button>
      </form>
    </main>
  );
}

function sentence(error: unknown): string {
  return error instanceof ProblemError ? error.message : "Something went wrong here. Reload the page and try again.";
}
