import { describe, expect, it } from "vitest";
import type { AgentWrite } from "../../../src/console/link/dialect";
import { mirror } from "../../../src/console/state/mirror";
import { emptyState } from "../../../src/console/state/model";
import { emptyReader } from "../../../src/shared/client/reading";
import { newClient } from "../../../src/shared/client/state";
import { enqueue } from "../../../src/shared/outbox";
import { message, NOON, welcome } from "../fixtures";

const ID = "c-1";
const log = { conversation: ID, epoch: "e", last: 1, events: [message(ID, 1)] };
const readers = { [ID]: { ...emptyReader, log, head: 2, answeredOn: 1, read: 1 } };
const outbox = enqueue<AgentWrite>([], { type: "send", cmid: "m-1", conversation: ID, fence: 4, text: "Hello" }, NOON);

describe("mirror", () => {
  it("says whether the line was ever there", () => {
    expect(mirror(emptyState(), newClient()).link).toBe("connecting");
    expect(mirror(emptyState(), newClient({ greeted: true })).link).toBe("open");
    expect(mirror({ ...emptyState(), welcome: welcome() }, newClient()).link).toBe("lost");
    expect(mirror({ ...emptyState(), welcome: welcome(), ended: "Reload the page." }, newClient()).link).toBe("ended");
  });

  it("shows a log as it is, and as loaded once it is whole", () => {
    const state = mirror(emptyState(), newClient<AgentWrite>({ wanted: [ID], readers }));
    expect(state.chats[ID]).toMatchObject({ log, loaded: false, seen: 1 });
    const whole = { [ID]: { ...emptyReader, log, head: 1, answeredOn: 1 } };
    expect(mirror(state, newClient<AgentWrite>({ wanted: [ID], readers: whole })).chats[ID]?.loaded).toBe(true);
  });

  it("shows what waits to be sent, also what an earlier page wrote", () => {
    const state = mirror(emptyState(), newClient<AgentWrite>({ wanted: [ID], outbox }));
    const pending = { cmid: "m-1", mode: "reply", text: "Hello", fence: 4, at: new Date(NOON).toISOString() };
    expect(state.chats[ID]?.pending).toEqual([pending]);
    expect(mirror(state, newClient<AgentWrite>({ wanted: [ID] })).chats[ID]?.pending).toEqual([]);
  });

  it("shows it also where nobody looks at the conversation", () => {
    expect(mirror(emptyState(), newClient<AgentWrite>({ outbox })).chats[ID]?.pending).toMatchObject([{ cmid: "m-1" }]);
  });

  it("changes nothing while nothing has changed", () => {
    const client = newClient<AgentWrite>({ wanted: [ID], readers, outbox });
    const state = mirror(emptyState(), client);
    expect(mirror(state, client)).toBe(state);
  });
});
