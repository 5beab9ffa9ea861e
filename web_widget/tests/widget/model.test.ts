import { describe, expect, it } from "vitest";
import { emptyReader } from "../../src/shared/client/reading";
import { newClient, type Client } from "../../src/shared/client/state";
import type { LogEvent } from "../../src/shared/log";
import { enqueue } from "../../src/shared/outbox";
import type { CustomerOutFrame } from "../../src/shared/protocol";
import { countUnread, emptyModel, follow, isComplete, receive, type Model, type Write } from "../../src/widget/model";
import { answer, FERN, MARA, ME, message, notice, rejected, status, welcome } from "./frames";

const after = (frames: CustomerOutFrame[], from: Model = emptyModel): Model =>
  frames.reduce((model, frame) => receive(model, frame, 1000), from);

/** What the client hands over after these events. */
function clientWith(events: LogEvent[], more: Partial<Client<Write>> = {}): Client<Write> {
  const log = { conversation: "c", epoch: "e", last: events.at(-1)?.seq ?? 0, events };
  return newClient<Write>({ state: "open", wanted: ["c"], readers: { c: { ...emptyReader, log, head: 2, answeredOn: 1 } }, ...more });
}

const greeted = follow(after([welcome()]), clientWith([]));
const outbox = enqueue<Write>([], { type: "send", cmid: "a", text: "Hello" }, 5);

describe("receive", () => {
  it("keeps what the welcome says", () => {
    expect(greeted).toMatchObject({ token: "t", botName: "Fern", welcomed: true, log: { conversation: "c", epoch: "e" } });
  });

  it("says what could not be done, unless the message says so itself", () => {
    expect(after([rejected("r", false)], greeted).trouble).toBe("That did not work.");
    expect(after([rejected("r", true)], greeted).trouble).toBeNull();
    expect(after([rejected("a", false)], follow(greeted, clientWith([], { outbox }))).trouble).toBeNull();
  });

  it("says that the page is too old for the server", () => {
    const bye: CustomerOutFrame = { type: "bye", code: "unknown_version", message: "Reload the page.", retry_after_seconds: null };
    expect(after([bye], greeted).trouble).toBe("Reload the page.");
    expect(after([{ ...bye, code: "bad_frame" }], greeted).trouble).toBe("Reload the page.");
    expect(after([{ ...bye, code: "restarting" }], greeted).trouble).toBeNull();
  });

  it("shows who types until they have spoken", () => {
    const typing = after([{ type: "typing", conversation: "c", role: "agent", name: "Mara" }], greeted);
    expect(typing.typist).toEqual({ role: "agent", name: "Mara", until: 6000 });
    expect(after([message(1, MARA, "Hello")], typing).typist).toBeNull();
    expect(after([{ type: "typing", conversation: "c", role: "customer", name: "me" }], greeted).typist).toBeNull();
  });

  it("takes the status of its own conversation only, and forgets it with the conversation", () => {
    const waiting = after([status({ owner: "queue" })], greeted);
    expect(waiting.status?.owner).toBe("queue");
    expect(after([status({ conversation: "other" })], greeted).status).toBeNull();
    expect(after([welcome()], waiting).status?.owner).toBe("queue");
    expect(after([welcome({ conversation: "other" })], waiting).status).toBeNull();
  });

  it("lives through frames that it does not know", () => {
    expect(after([{ type: "news" } as unknown as CustomerOutFrame], greeted)).toBe(greeted);
  });
});

describe("follow", () => {
  it("is complete once the log has reached the head", () => {
    expect(isComplete(follow(greeted, clientWith([message(1, ME, "Hi")])))).toBe(false);
    expect(isComplete(follow(greeted, clientWith([message(1, ME, "Hi"), message(2, FERN, "Hello")])))).toBe(true);
  });

  it("changes nothing while nothing has changed", () => {
    const client = clientWith([]);
    const model = follow(greeted, client);
    expect(follow(model, client)).toBe(model);
  });

  it("lets nobody type on a line that is down", () => {
    const typing = after([{ type: "typing", conversation: "c", role: "agent", name: "Mara" }], greeted);
    expect(follow(typing, clientWith([])).typist).not.toBeNull();
    expect(follow(typing, clientWith([], { state: "waiting" })).typist).toBeNull();
  });
});

it("counts what others said since then, and no notices", () => {
  const { log } = follow(greeted, clientWith([message(1, ME, "Hi"), answer(2), notice(3, "queued"), message(4, MARA, "Hello")]));
  expect(countUnread(log, 0)).toBe(2);
  expect(countUnread(log, 2)).toBe(1);
  expect(countUnread(log, 4)).toBe(0);
});
