import { describe, expect, it } from "vitest";
import type { CustomerOutFrame } from "../../src/shared/protocol";
import { countUnread, emptyModel, isComplete, receive, write, type Model } from "../../src/widget/model";
import { accepted, answer, FERN, MARA, ME, message, notice, rejected, status, welcome } from "./frames";

const moment = { now: 1000, random: 1 };

function after(frames: CustomerOutFrame[], from: Model = emptyModel): Model {
  return frames.reduce((model, frame) => receive(model, frame, moment).model, from);
}

const greeted = after([welcome()]);
const writing = (cmid = "a") => write(greeted, { type: "send", cmid, text: "Hello" }, 5);

describe("receive", () => {
  it("keeps what the welcome says", () => {
    expect(greeted).toMatchObject({ token: "t", botName: "Fern", welcomed: true, log: { conversation: "c", epoch: "e" } });
  });

  it("is complete once the log has reached the head", () => {
    const partial = after([welcome({ head: 2 }), message(1, ME, "Hi")]);
    expect(isComplete(partial)).toBe(false);
    expect(isComplete(after([message(2, FERN, "Hello")], partial))).toBe(true);
  });

  it("asks again over a gap, and when a head is ahead", () => {
    expect(receive(greeted, message(2, FERN, "late"), moment)).toEqual({ model: greeted, again: true });
    expect(receive(greeted, { type: "head", conversation: "c", seq: 1 }, moment).again).toBe(true);
    expect(receive(greeted, { type: "head", conversation: "c", seq: 0 }, moment).again).toBe(false);
  });

  it("replaces an own bubble by its event, in whichever order event and receipt come", () => {
    const receiptFirst = after([accepted("a", 1)], writing());
    expect(receiptFirst.outbox).toMatchObject([{ delivered: true }]);
    expect(after([message(1, ME, "Hello", 0, "a")], receiptFirst).outbox).toEqual([]);
    const eventFirst = after([message(1, ME, "Hello", 0, "a")], writing());
    expect(eventFirst.outbox).toEqual([]);
    expect(after([accepted("a", 1)], eventFirst).outbox).toEqual([]);
  });

  it("settles a repeated message whose event it has", () => {
    const model = write(after([message(1, ME, "Hello")], greeted), { type: "send", cmid: "a", text: "Hello" }, 5);
    expect(after([accepted("a", 1, true)], model).outbox).toEqual([]);
  });

  it("keeps a refused message for another try, or as failed", () => {
    expect(after([rejected("a", true)], writing()).outbox).toMatchObject([{ attempts: 1, failure: null, notBefore: 2000 }]);
    expect(after([rejected("a", false)], writing()).outbox).toMatchObject([{ failure: "That did not work." }]);
  });

  it("says what else could not be done, and does not try it again", () => {
    const model = after([rejected("r", false)], write(greeted, { type: "rate", cmid: "r", score: 4 }, 5));
    expect(model.outbox).toEqual([]);
    expect(model.trouble).toBe("That did not work.");
    expect(write(model, { type: "send", cmid: "b", text: "x" }, 6).trouble).toBeNull();
  });

  it("shows who types until they have spoken", () => {
    const typing = after([{ type: "typing", conversation: "c", role: "agent", name: "Mara" }], greeted);
    expect(typing.typist).toEqual({ role: "agent", name: "Mara", until: 6000 });
    expect(after([message(1, MARA, "Hello")], typing).typist).toBeNull();
    expect(after([{ type: "typing", conversation: "c", role: "customer", name: "me" }], greeted).typist).toBeNull();
  });

  it("takes the status of its own conversation only", () => {
    expect(after([status({ owner: "queue" })], greeted).status?.owner).toBe("queue");
    expect(after([status({ conversation: "other" })], greeted).status).toBeNull();
  });

  it("forgets the log when the epoch did not hold", () => {
    const model = after([message(1, ME, "Hi"), message(2, FERN, "Hello")], greeted);
    const anew = after([welcome({ epoch: "e2", head: 1 })], model);
    expect(anew.log).toMatchObject({ epoch: "e2", last: 0, events: [] });
  });

  it("lives through frames that it does not know", () => {
    expect(after([{ type: "news" } as unknown as CustomerOutFrame], greeted)).toBe(greeted);
  });
});

it("counts what others said since then, and no notices", () => {
  const { log } = after([message(1, ME, "Hi"), answer(2), notice(3, "queued"), message(4, MARA, "Hello")], greeted);
  expect(countUnread(log, 0)).toBe(2);
  expect(countUnread(log, 2)).toBe(1);
  expect(countUnread(log, 4)).toBe(0);
});
