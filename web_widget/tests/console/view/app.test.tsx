import { act, cleanup, fireEvent, screen } from "@testing-library/preact";
import { render } from "@testing-library/preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Session } from "../../../src/console/session";
import { App } from "../../../src/console/view/app";
import { ProblemError } from "../../../src/shared/api";
import type { Me } from "../../../src/shared/protocol";
import { stage } from "./stage";

const MARA: Me = { id: "a-mara", name: "Mara Lindqvist", email: "mara@fernhill.example", about: "", roles: ["agent"] };
const WRONG = { code: "not_signed_in", message: "This e-mail and password do not match.", retryable: false };

afterEach(cleanup);

function sessionOf(get: () => Promise<unknown>, post: () => Promise<unknown> = get): Session {
  return new Session({ get, post } as ConstructorParameters<typeof Session>[0]);
}

function refuse(status: number): () => Promise<never> {
  return () => Promise.reject(new ProblemError(status, WRONG));
}

async function drawn(session: Session): Promise<void> {
  const { me: _, signOut: __, ...parts } = stage().bench;
  render(<App session={session} parts={parts} />);
  await act(() => session.ask());
}

describe("the door", () => {
  it("says what is wrong and forgets the password, not the e-mail", async () => {
    await drawn(sessionOf(refuse(401)));
    const [email, password] = [screen.getByLabelText("E-mail"), screen.getByLabelText("Password")] as HTMLInputElement[];
    fireEvent.input(email!, { target: { value: "mara@fernhill.example" } });
    fireEvent.input(password!, { target: { value: "wrong" } });
    await act(async () => void fireEvent.submit(email!.form!));
    await vi.waitFor(() => expect(screen.getByRole("alert").textContent).toContain("do not match"));
    expect([email!.value, password!.value]).toEqual(["mara@fernhill.example", ""]);
  });

  it("lets an agent in", async () => {
    await drawn(sessionOf(refuse(401), async () => MARA));
    await act(async () => void fireEvent.submit((screen.getByLabelText("E-mail") as HTMLInputElement).form!));
    await vi.waitFor(() => expect(screen.getByRole("navigation", { name: "Conversations" })).toBeTruthy());
  });

  it("tells an editor where to go", async () => {
    await drawn(sessionOf(async () => ({ ...MARA, roles: ["editor"] })));
    expect(screen.getByRole("link", { name: "Open the editor" }).getAttribute("href")).toBe("/editor");
  });

  it("says when the server cannot be reached, without signing anybody out", async () => {
    await drawn(sessionOf(refuse(0)));
    expect(screen.getByRole("alert").textContent).toContain("cannot reach the server");
    const session = sessionOf(refuse(0));
    session.state.value = { is: "in", me: MARA };
    await session.ask();
    expect(session.state.value.is).toBe("in");
  });

  it("says that the session has ended", async () => {
    const session = sessionOf(refuse(401));
    session.state.value = { is: "in", me: MARA };
    await drawn(session);
    expect(screen.getByText("You were signed out. What you wrote is kept.")).toBeTruthy();
  });
});
