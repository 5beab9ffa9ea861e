import { expect, it } from "vitest";
import { emptyState } from "../../../src/console/state/model";
import { reduce } from "../../../src/console/state/reduce";
import { languageName, targets } from "../../../src/console/state/targets";
import type { AgentCard, Colleague } from "../../../src/shared/protocol";
import { MARA, NOON, queue, TOMAS, welcome } from "../fixtures";

const ILSE: AgentCard = { id: "a-ilse", name: "Ilse", about: "Knows boots" };
const JUN: AgentCard = { id: "a-jun", name: "Jun", about: "" };

function colleague(card: AgentCard, change: Partial<Colleague> = {}): Colleague {
  return { card, skills: [], languages: [], online: true, available: true, active: 1, max_chats: 4, ...change };
}

const COLLEAGUES = [
  colleague(MARA, { skills: ["returns"] }),
  colleague(ILSE, { active: 4, skills: ["boots"] }),
  colleague(JUN, { online: false, skills: ["stoves"] }),
  colleague(TOMAS, { skills: ["payments"], languages: ["fr"] }),
];

function listed(query = "") {
  const frame = queue(1, [], { colleagues: COLLEAGUES, skills: ["boots", "payments", "returns", "stoves"] });
  const state = reduce(emptyState(), { type: "frames", frames: [welcome(), frame], now: NOON });
  return targets(state, query).map(({ name, because }) => [name, because]);
}

it("puts first who can be asked, and says why the others cannot; never me", () => {
  expect(listed()).toEqual([
    ["Tomas Okafor", ""],
    ["payments", ""],
    ["Ilse", "All chats taken"],
    ["Jun", "Offline"],
    ["boots", "All chats taken"],
    ["returns", "Nobody there"],
    ["stoves", "Nobody there"],
  ]);
});

it("finds by name, skill and language", () => {
  expect(listed("tom")[0]).toEqual(["Tomas Okafor", ""]);
  expect(listed("french")).toEqual([["Tomas Okafor", ""]]);
  expect(listed("boots").map(([name]) => name)).toEqual(["Ilse", "boots"]);
  expect(listed("zzz")).toEqual([]);
});

it("names languages, and leaves alone what is none", () => {
  expect(languageName("de")).toBe("German");
  expect(languageName("not a language!")).toBe("not a language!");
});
