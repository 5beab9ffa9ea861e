import { describe, expect, it, vi } from "vitest";
import { Session } from "../../src/editor/session";
import { EDITH, TOMAS, fakeLibrary, refusal } from "./fixtures";

describe("Session", () => {
  it("lets an editor in", async () => {
    const session = new Session(fakeLibrary());
    await session.ask();
    expect(session.state.value).toEqual({ is: "in", me: EDITH });
  });

  it("tells an agent without the editor role so", async () => {
    const library = fakeLibrary();
    vi.mocked(library.me).mockResolvedValue(TOMAS);
    const session = new Session(library);
    await session.ask();
    expect(session.state.value).toEqual({ is: "not_editor", me: TOMAS });
  });

  it("tells nobody-is-signed-in from the-server-does-not-answer", async () => {
    const library = fakeLibrary();
    const session = new Session(library);
    vi.mocked(library.me).mockRejectedValueOnce(refusal(401, "not_signed_in", "Sign in first."));
    await session.ask();
    expect(session.state.value.is).toBe("out");
    vi.mocked(library.me).mockRejectedValueOnce(refusal(0, "unreachable", "No connection.", true));
    await session.ask();
    expect(session.state.value).toEqual({ is: "unreachable", message: "No connection." });
  });

  it("keeps who it was when the session ends in the middle of work", async () => {
    const session = new Session(fakeLibrary());
    await session.ask();
    session.refused(401);
    expect(session.state.value).toEqual({ is: "ended", me: EDITH });
    await session.signIn("edith@fernhill.example", "secret");
    expect(session.state.value.is).toBe("in");
  });

  it("goes out when the role was taken away", async () => {
    const session = new Session(fakeLibrary());
    await session.ask();
    session.refused(403);
    expect(session.state.value.is).toBe("not_editor");
  });
});
