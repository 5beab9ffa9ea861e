import { describe, expect, it } from "vitest";
import { emptyModel } from "../../src/widget/model";
import { presence } from "../../src/widget/view/header";
import { event, FERN, ME, message, status } from "./frames";

describe("the line below the bot's name", () => {
  const offer = event({ kind: "offer", seq: 2, actor: FERN, text: "I can't answer right now.", options: ["person", "stay"] });
  const modelOf = (...events: ReturnType<typeof event>[]) => ({
    ...emptyModel,
    status: status(),
    log: { ...emptyModel.log, last: events.length, events },
  });

  it("promises quick answers only while the bot gives some", () => {
    const asked = message(1, ME, "Where is my parcel?");
    expect(presence(modelOf(asked)).line).toBe("Usually answers at once");
    expect(presence(modelOf(asked, offer)).line).toBe("Has no answer right now");
    expect(presence(modelOf(asked, offer, message(3, FERN, "It is on its way."))).line).toBe("Usually answers at once");
  });
});
