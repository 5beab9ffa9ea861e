/**
 * What the widget promises, whatever happens to lines, pages, tabs, storage and gateway, and whoever sits before it: as
 * properties, and with clients that break the promises to show that the properties notice.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { step } from "../../../src/shared/client/step";
import type { Write } from "../../../src/widget/model";
import { fetchLine } from "../../../src/widget/session";
import type { Health, Room } from "./browser";
import { FAIR } from "./far-end";
import { People, type Broken, type StepOf } from "./people";

/** Something happens; numbers are whose turn it is, how many or how long. */
type Happening =
  | readonly ["write" | "reply" | "cut" | "reload" | "close" | "restore" | "drain" | "wake" | "pass" | "jump" | "reset", number]
  | readonly ["open" | "fair" | "end"]
  | readonly ["room", Room]
  | readonly ["health", Health]
  | readonly ["failing" | "slow", number]
  | readonly ["refuse", number, number]
  | readonly ["decide", number, boolean]
  | readonly ["weather", number, number, number, boolean];

const small = fc.nat({ max: 5 });
const percent = fc.nat({ max: 40 });
const of = <T extends string>(name: T, number: fc.Arbitrary<number>) => fc.tuple(fc.constant(name), number);

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 10, arbitrary: of("write", small) },
  { weight: 3, arbitrary: of("reply", small) },
  { weight: 2, arbitrary: of("cut", small) },
  { weight: 4, arbitrary: of("reload", small) },
  { weight: 1, arbitrary: of("close", small) },
  { weight: 1, arbitrary: of("restore", small) },
  { weight: 1, arbitrary: of("drain", small) },
  { weight: 1, arbitrary: of("wake", small) },
  { weight: 4, arbitrary: of("pass", fc.nat({ max: 40 })) },
  { weight: 6, arbitrary: of("pass", fc.nat({ max: 9000 })) },
  { weight: 1, arbitrary: of("jump", fc.integer({ min: -3_600_000, max: 3_600_000 })) },
  { weight: 1, arbitrary: of("reset", small) },
  { weight: 2, arbitrary: fc.constantFrom(["open"] as const, ["fair"] as const, ["end"] as const) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("room" as const), fc.constantFrom<Room>("free", "full", "forbidden")) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("health" as const), fc.constantFrom<Health>("fine", "away", "hanging")) },
  { weight: 1, arbitrary: of("failing", percent) },
  { weight: 1, arbitrary: of("slow", fc.nat({ max: 500 })) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("refuse" as const), percent, fc.nat({ max: 20 })) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("decide" as const), small, fc.boolean()) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("weather" as const), percent, percent, percent, fc.boolean()) },
);

const MOST_TABS = 3;

async function happen(world: People, what: Happening): Promise<void> {
  const { server, browser } = world;
  switch (what[0]) {
    case "write":
      return world.write(what[1]);
    case "reply": {
      const conversation = server.conversations[what[1]];
      return void (conversation && server.append(conversation, null, "reply"));
    }
    case "cut":
      return [...server.links][what[1]]?.cut();
    case "reload":
      if (world.visits.length === 0) return;
      world.close(world.visit(what[1]));
      return world.open();
    case "close":
      return world.close(world.visit(what[1]));
    case "restore":
      return server.restore(what[1]);
    case "drain":
      return server.drain(what[1]);
    case "wake":
      return world.visit(what[1])?.session.wake();
    case "pass":
      return world.time.pass(what[1]);
    case "jump":
      world.jump += what[1];
      return;
    case "reset":
      return world.reset(what[1]);
    case "open":
      return world.visits.length < MOST_TABS ? world.open() : undefined;
    case "fair":
      world.weather = FAIR;
      return;
    case "end":
      return server.end();
    case "room":
      return browser.make(what[1]);
    case "health":
      world.wasIll ||= what[1] !== "fine";
      return browser.turn(what[1]);
    case "failing":
    case "slow":
      world.wasIll ||= what[0] === "failing";
      browser[what[0]] = what[1];
      return;
    case "refuse":
      [, server.rejecting, server.refusing] = what;
      return;
    case "decide":
      return world.decide(what[1], what[2]);
    case "weather":
      world.weather = { lose: what[1], repeat: what[2], delay: what[3], blocked: what[4] };
  }
}

const played = { stories: 0, happenings: 0, steps: 0, written: 0, pages: 0 };
let world: People;

/** Plays it, lets calm return, lets the conversations end and another page come, and says what was broken. */
async function play(seed: number, happenings: readonly Happening[], broken?: Broken): Promise<string[]> {
  world = new People(seed, broken);
  const { browser, server, time } = world;
  world.open();
  for (const what of happenings) await happen(world, what);
  world.weather = FAIR;
  server.rejecting = server.refusing = browser.failing = 0;
  browser.make("free");
  browser.turn("fine");
  await time.pass(60_000);
  // a page that came while storage was forbidden does without it: one more
  world.open();
  await time.pass(300_000);
  const faults = world.atRest();
  server.end();
  const said = server.conversations.flatMap(({ log }) => log).length;
  for (const visit of world.visits) world.close(visit);
  world.open();
  await time.pass(60_000);
  if (server.conversations.flatMap(({ log }) => log).length > said) faults.push("the next page says something again");
  for (const visit of world.visits) world.close(visit);
  played.stories += 1;
  played.happenings += happenings.length;
  played.steps += time.steps;
  played.written += world.written.length;
  played.pages += world.opened;
  return [...new Set([...server.faults, ...world.faults, ...faults])];
}

const RUNS = Number(process.env["FRONTDESK_CLIENT_RUNS"] ?? 300);
/** Printed, and played again when it is given. */
const SEED = Number(process.env["FRONTDESK_CLIENT_SEED"] ?? Date.now() % 2 ** 31);
/** Milliseconds, for busy machines. */
const LONG = 240_000;
const story = fc.array(happening, { minLength: 5, maxLength: 60 });

beforeAll(async () => {
  await fetchLine();
  // what waits by the page's own clock waits by the world's
  vi.stubGlobal("setTimeout", (run: () => void, milliseconds = 0) => world.time.after(milliseconds, run));
  vi.stubGlobal("clearTimeout", (cancel: () => void) => cancel());
});
afterAll(() => {
  vi.unstubAllGlobals();
  console.info(`FRONTDESK_CLIENT_SEED=${SEED} played ${JSON.stringify(played)}`);
});

it("nothing of anybody at this browser is lost, said twice, said out of order, or said or shown as somebody else's", async () => {
  const property = fc.asyncProperty(fc.nat(), story, async (seed, happenings) => {
    expect(await play(seed, happenings)).toEqual([]);
  });
  await fc.assert(property, { numRuns: RUNS, seed: SEED });
}, LONG);

/** Looks for a story that ends badly, always in the same order; gives its faults. */
async function findFaults(broken: Broken): Promise<string> {
  const faults = { last: [] as string[] };
  const property = fc.asyncProperty(fc.nat(), story, async (seed, happenings) => (faults.last = await play(seed, happenings, broken)).length === 0);
  await fc.check(property, { seed: 20_261_122, numRuns: 2000, endOnFailure: true });
  return faults.last.join();
}

const boundStep: StepOf = (client, input, moment, dialect) => step<Write>(client, input, moment, dialect);

describe("the property notices a client that", { timeout: LONG }, () => {
  it("takes for kept what the database has not committed", async () => {
    const open: Broken["open"] = (real) => async (name, writer) => {
      const deep = await real(name, writer);
      return { ...deep, put: (entries) => (void deep.put(entries).catch(() => {}), Promise.resolve()) };
    };
    expect(await findFaults({ open })).toContain("is lost");
  });

  it("asks nobody who wrote what lies in the database", async () => {
    const open: Broken["open"] = (real) => async (name, writer) => ({ ...(await real(name, "somebody")), sweep: () => real(name, writer).then(() => {}), clear: () => Promise.resolve() });
    expect(await findFaults({ open })).toMatch(/somebody else/);
  });

  it("forgets in which conversation something may have been said", async () => {
    const broken: StepOf = (client, input, moment, dialect) => {
      const done = boundStep({ ...client, outbox: client.outbox.map(({ saidIn: _, ...entry }) => entry) }, input, moment, dialect);
      const effects = done.effects.map((effect) => (effect.do === "put" ? { ...effect, entry: { ...effect.entry, saidIn: "" } } : effect));
      return { ...done, effects };
    };
    expect(await findFaults({ step: broken })).toContain("said twice");
  });

  it("does not remember what it has sent", async () => {
    const broken: StepOf = (client, input, moment, dialect) => {
      const done = boundStep(client, input, moment, dialect);
      return { ...done, effects: done.effects.filter((effect) => effect.do !== "drop") };
    };
    expect(await findFaults({ step: broken })).not.toBe("");
  });
});
