/**
 * What the client promises, whatever happens to lines, pages, tabs, clocks and server: as properties, and with clients that
 * break the promises to show that the properties notice.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { step } from "../../../src/shared/client/step";
import { FAIR, World, type Role, type Send, type StepOf } from "./world";

/** Something happens; numbers are whose turn it is, how many or how long. */
type Happening =
  | readonly ["write" | "press" | "reply" | "cut" | "freeze" | "reload" | "close" | "restore" | "drain" | "wake" | "pass" | "jump" | "reject", number]
  | readonly ["open" | "fair"]
  | readonly ["weather", number, number, number, boolean];

const small = fc.nat({ max: 5 });
const percent = fc.nat({ max: 40 });
const of = <T extends string>(name: T, number: fc.Arbitrary<number>) => fc.tuple(fc.constant(name), number);

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 8, arbitrary: of("write", small) },
  { weight: 2, arbitrary: of("press", small) },
  { weight: 4, arbitrary: of("reply", small) },
  { weight: 3, arbitrary: of("cut", small) },
  { weight: 1, arbitrary: of("freeze", small) },
  { weight: 2, arbitrary: of("reload", small) },
  { weight: 1, arbitrary: of("close", small) },
  { weight: 1, arbitrary: of("restore", small) },
  { weight: 1, arbitrary: of("drain", small) },
  { weight: 1, arbitrary: of("wake", small) },
  { weight: 8, arbitrary: of("pass", fc.nat({ max: 9000 })) },
  { weight: 1, arbitrary: of("jump", fc.integer({ min: -3_600_000, max: 3_600_000 })) },
  { weight: 2, arbitrary: of("reject", percent) },
  { weight: 1, arbitrary: fc.constant(["open"] as const) },
  { weight: 1, arbitrary: fc.constant(["fair"] as const) },
  { weight: 3, arbitrary: fc.tuple(fc.constant("weather" as const), percent, percent, percent, fc.boolean()) },
);

const MOST_TABS = 3;

function happen(world: World, what: Happening): void {
  const [name, number = 0] = what;
  const tab = world.tabs[number % Math.max(1, world.tabs.length)];
  const link = [...world.server.links][number];
  switch (name) {
    case "write":
      return world.write(number);
    case "press":
      return world.write(number, "press");
    case "reply":
      return void world.server.append(world.conversations[number % world.conversations.length] as string, null, "reply");
    case "cut":
      return link?.cut();
    case "freeze":
      return link?.freeze();
    case "reload":
      return world.reload(number);
    case "close":
      tab?.kill();
      world.tabs = world.tabs.filter((one) => one !== tab);
      return;
    case "restore":
      return world.server.restore(number);
    case "drain":
      return world.server.drain(number);
    case "wake":
      return tab?.driver.input({ on: "wake" });
    case "pass":
      return world.clock.advance(number / 1000);
    case "jump":
      world.jump += number;
      return;
    case "reject":
      world.server.rejecting = number;
      return;
    case "open":
      if (world.tabs.length < MOST_TABS) world.open();
      return;
    case "fair":
      world.weather = FAIR;
      return;
    case "weather":
      world.weather = { lose: what[1], repeat: what[2], delay: what[3], blocked: what[4] };
  }
}

/** Plays it, lets calm return, and says what was broken. */
function play(role: Role, seed: number, happenings: readonly Happening[], broken?: StepOf): string[] {
  const world = new World(role, seed, broken);
  world.open();
  for (const what of happenings) happen(world, what);
  world.weather = FAIR;
  world.server.rejecting = 0;
  if (world.tabs.length === 0) world.open();
  world.clock.advance(600);
  return [...world.faults, ...atRest(world)];
}

function atRest(world: World): string[] {
  const faults: string[] = [];
  if (world.stored.size > 0) faults.push("something is still stored");
  for (const { driver, name } of world.tabs) {
    if (driver.client.outbox.length > 0) faults.push(`${name} still has something to send`);
    for (const id of driver.client.wanted) {
      const last = driver.client.readers[id]?.log.last;
      if (last !== world.server.log(id).length) faults.push(`${name} has ${id} up to ${last} of ${world.server.log(id).length}`);
    }
  }
  const logged = [...world.server.logs.values()].flat().flatMap(({ cmid }) => (cmid === null ? [] : [cmid]));
  if (new Set(logged).size < logged.length) faults.push("something stands in the log twice");
  for (const { cmid } of world.written) if (!logged.includes(cmid) && !world.server.lost.has(cmid)) faults.push(`${cmid} is lost`);
  for (const log of world.server.logs.values()) faults.push(...outOfOrder(log, world));
  return faults;
}

/**
 * Each tab's messages stand in the order in which they were written, and nothing pressed overtakes one that was written
 * before. Another tab may bring a later message in before what was pressed; what a backup lost may come later.
 */
function outOfOrder(log: readonly { cmid: string | null; kind: string }[], world: World): string[] {
  const faults: string[] = [];
  const newest = new Map<string, number>();
  for (const event of log) {
    if (event.cmid === null || world.server.lost.has(event.cmid)) continue;
    const [tab = "", number = ""] = (event as unknown as Send).text.split(" ");
    const message = world.written.some(({ cmid }) => cmid === event.cmid);
    if (message && Number(number) < (newest.get(tab) ?? -1)) faults.push(`${event.cmid} came out of order`);
    newest.set(tab, Math.max(newest.get(tab) ?? -1, Number(number)));
  }
  return faults;
}

const RUNS = Number(process.env["FRONTDESK_CLIENT_RUNS"] ?? 300);
/** Milliseconds, for busy machines. */
const LONG = 240_000;
const story = fc.array(happening, { minLength: 5, maxLength: 60 });

describe.each<Role>(["customer", "agent"])("the client of a %s", (role) => {
  it("brings every message into the log exactly once and in order, and shows nothing but the log", () => {
    fc.assert(
      fc.property(fc.nat(), story, (seed, happenings) => {
        expect(play(role, seed, happenings)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  }, LONG);
});

/** Looks for a story that ends badly, always in the same order; gives its faults. */
function findFaults(role: Role, broken: StepOf): string[] {
  const run = fc.check(
    fc.property(fc.nat(), story, (seed, happenings) => play(role, seed, happenings, broken).length === 0),
    { seed: 20_261_122, numRuns: 1000, endOnFailure: true },
  );
  const [seed, happenings] = run.counterexample ?? [];
  return seed === undefined || happenings === undefined ? [] : play(role, seed, happenings, broken);
}

const boundStep: StepOf = (client, input, moment, dialect) => step<Send>(client, input, moment, dialect);

describe("the properties notice a client that", { timeout: LONG }, () => {
  it("applies what comes after a gap", () => {
    const broken: StepOf = (client, input, moment, dialect) => {
      const frame = input.on === "heard" ? input.frame : null;
      if (frame?.type !== "event") return boundStep(client, input, moment, dialect);
      const id = String(frame.conversation);
      const reader = client.readers[id];
      if (!reader || Number(frame.seq) <= reader.log.last + 1) return boundStep(client, input, moment, dialect);
      const log = { ...reader.log, last: Number(frame.seq) - 1 };
      return boundStep({ ...client, readers: { ...client.readers, [id]: { ...reader, log } } }, input, moment, dialect);
    };
    expect(findFaults("customer", broken).join()).toContain("no prefix");
  });

  it("invents a new cmid for every try", () => {
    let tries = 0;
    const broken: StepOf = (client, input, moment, dialect) => {
      const done = boundStep(client, input, moment, dialect);
      const effects = done.effects.map((effect) => {
        if (effect.do !== "send" || !("cmid" in effect.frame)) return effect;
        tries += 1;
        return { ...effect, frame: { ...effect.frame, cmid: `${String(effect.frame.cmid)}-${tries}` } };
      });
      return { ...done, effects };
    };
    expect(findFaults("customer", broken)).not.toEqual([]);
  });

  it("keeps nothing when the page goes", () => {
    const broken: StepOf = (client, input, moment, dialect) => {
      const done = boundStep(client, input, moment, dialect);
      return { ...done, effects: done.effects.filter((effect) => effect.do !== "put") };
    };
    expect(findFaults("customer", broken).join()).toContain("is lost");
  });

  it("forgets a message as soon as it is sent", () => {
    const broken: StepOf = (client, input, moment, dialect) => {
      const done = boundStep(client, input, moment, dialect);
      const sent = done.effects.flatMap((effect) => (effect.do === "send" && "cmid" in effect.frame ? [String(effect.frame.cmid)] : []));
      const outbox = done.client.outbox.filter((entry) => !sent.includes(entry.frame.cmid));
      return { client: { ...done.client, outbox }, effects: [...done.effects, ...sent.map((cmid) => ({ do: "drop", cmid }) as const)] };
    };
    expect(findFaults("customer", broken)).not.toEqual([]);
  });

  it("sends everything at once", () => {
    const broken: StepOf = (client, input, moment, dialect) =>
      boundStep(client, input, moment, { ...dialect, lane: (frame) => frame.cmid });
    expect(findFaults("customer", broken).join()).toContain("out of order");
  });

  it("goes on with the old log in a new epoch", () => {
    const broken: StepOf = (client, input, moment, dialect) => {
      const frame = input.on === "heard" ? input.frame : null;
      if (input.on !== "heard" || frame?.type !== "welcome") return boundStep(client, input, moment, dialect);
      const reader = client.readers[String(frame.conversation)];
      if (!reader?.answeredOn) return boundStep(client, input, moment, dialect);
      const log = { ...reader.log, epoch: String(frame.epoch) };
      const readers = { [String(frame.conversation)]: { ...reader, log } };
      return boundStep({ ...client, readers }, { ...input, frame: { ...frame, resumed: true } }, moment, dialect);
    };
    expect(findFaults("customer", broken)).not.toEqual([]);
  });

  it("never looks whether the line is dead", () => {
    const broken: StepOf = (client, input, moment, dialect) =>
      input.on === "timer" && input.name === "pulse" ? { client, effects: [] } : boundStep(client, input, moment, dialect);
    expect(findFaults("customer", broken)).not.toEqual([]);
  });
});
