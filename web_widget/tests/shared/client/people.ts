/**
 * People at one browser, one after the other, with several tabs of one shop: real sessions with their real store and their
 * real long-polls, over a modelled browser, lines and gateway.
 */
import { PollSocket } from "../../../src/shared/client/poll";
import { follow } from "../../../src/shared/cell";
import type { openDeep } from "../../../src/shared/client/deep";
import type { step } from "../../../src/shared/client/step";
import type { Write } from "../../../src/widget/model";
import { Session } from "../../../src/widget/session";
import { Browser, diceOf, Time, type Page } from "./browser";
import { FAIR, FarEnd, fetchFrom, type Weather } from "./far-end";
import { Gateway, personOf, textOf } from "./gateway";

export type StepOf = typeof step<Write>;

/** What of the client is replaced by something that breaks a promise. */
export interface Broken {
  step?: StepOf;
  open?: (open: typeof openDeep<Write>) => typeof openDeep<Write>;
}

interface Written {
  readonly cmid: string;
  readonly person: number;
  readonly page: Page;
  /** There was somewhere to keep it. */
  readonly isKept: boolean;
}

/** One page with the widget open, and whoever sits before it. */
export class Visit {
  readonly page: Page;
  readonly name: string;
  readonly session: Session;
  /** As whom it has kept what waits. */
  readonly writers = new Set<string>();
  person: number;

  constructor(world: People, broken: Broken) {
    const { browser, time } = world;
    const page = browser.open();
    const storage = browser.storage(page);
    const deep = browser.deep<Write>(page);
    this.page = page;
    this.name = `page${(world.opened += 1)}`;
    this.person = world.person;
    this.session = new Session({
      origin: "https://desk.example",
      site: "shop",
      locale: "en",
      storage,
      page: () => ({ url: "", title: "", referrer: "" }),
      forgotten: () => (this.person = world.person),
      clock: {
        now: () => time.now(),
        random: time.random,
        after: (milliseconds, run) => time.after(milliseconds, () => page.alive && run()),
      },
      now: () => world.wall(),
      parts: {
        connect: (way, _origin, hello) => (way === "socket" ? new FarEnd(world) : new PollSocket("/poll", hello, fetchFrom(world))),
        open: (name, writer) => {
          this.writers.add(writer);
          return (broken.open?.(deep) ?? deep)(name, writer);
        },
        turn: (granted) => browser.lock(page, granted),
        ...(broken.step && { step: broken.step }),
      },
    });
    page.told = () => this.session.look();
    follow([this.session.model], () => world.check(this));
    if (this.session.known) this.session.connect();
  }
}

export class People {
  readonly dice: () => number;
  readonly time: Time;
  readonly browser: Browser;
  readonly server: Gateway;
  weather: Weather = FAIR;
  visits: Visit[] = [];
  readonly written: Written[] = [];
  /** Tried again, or taken back, by whoever wrote it. */
  readonly revived = new Set<string>();
  readonly takenBack = new Set<string>();
  /** The database has failed at some time. */
  wasIll = false;
  faults: string[] = [];
  person = 1;
  opened = 0;
  jump = 0;
  readonly #broken: Broken;

  constructor(seed: number, broken: Broken = {}) {
    this.dice = diceOf(seed);
    this.time = new Time(this.dice);
    this.browser = new Browser(this.time);
    this.server = new Gateway(this.dice);
    this.#broken = broken;
    const heads = () => {
      this.server.heads();
      this.time.after(20_000, heads);
    };
    heads();
  }

  wall(): number {
    return 1_000_000 + this.jump + this.time.now();
  }

  visit(index: number): Visit | undefined {
    return this.visits[index % Math.max(1, this.visits.length)];
  }

  open(): void {
    this.visits.push(new Visit(this, this.#broken));
  }

  /** The page is gone, without a word. */
  close(visit: Visit | undefined): void {
    if (!visit) return;
    this.visits = this.visits.filter((one) => one !== visit);
    this.browser.close(visit.page);
    visit.session.stop();
  }

  write(index: number): void {
    const visit = this.visit(index);
    if (!visit) return;
    // a page that shows nobody is before whoever is there now
    if (visit.session.link.value === "stopped") visit.person = this.person;
    const { person, name, page } = visit;
    const cmid = visit.session.write({ type: "send", text: textOf(person, name, this.written.length) });
    this.written.push({ cmid, person, page, isKept: this.#isKept(visit) });
  }

  /** Whoever sits here goes; somebody else comes. */
  reset(index: number): void {
    const visit = this.visit(index);
    if (!visit || !this.#isKept(visit)) return;
    this.person += 1;
    visit.session.reset();
  }

  /** Whether what waits outlives the page: not so where localStorage does not even keep whose it is. */
  #isKept({ writers }: Visit): boolean {
    return writers.has(this.browser.items.get("frontdesk:shop:writer") ?? "");
  }

  decide(index: number, again: boolean): void {
    const visit = this.visit(index);
    const entry = visit?.session.model.value.outbox.find(({ failure }) => failure !== null);
    if (!visit || !entry) return;
    const { cmid } = entry.frame;
    (again ? this.revived : this.takenBack).add(cmid);
    if (again) visit.session.retry(cmid);
    else visit.session.takeBack(cmid);
  }

  /** At every change: the log is a part of the gateway's from its start, and nobody sees another one's words. */
  check({ page, person, name, session }: Visit): void {
    const { log, outbox } = session.model.value;
    const truth = this.server.conversations.find(({ id }) => id === log.conversation);
    if (!page.alive) return;
    if (truth && log.epoch === String(truth.epoch)) {
      const same = truth.log.length >= log.last && JSON.stringify(truth.log.slice(0, log.last)) === JSON.stringify(log.events);
      if (!same) this.faults.push(`${name} has no prefix of ${truth.id} at ${log.last}`);
    }
    const texts = [
      ...log.events.flatMap((event) => (event.kind === "message" && event.cmid !== null ? [event.text] : [])),
      ...outbox.flatMap(({ frame }) => (frame.type === "send" ? [frame.text] : [])),
    ];
    for (const text of texts) if (personOf(text) !== person) this.faults.push(`${name} shows ${person} what somebody else said: ${text}`);
  }

  /** What is wrong once everything is calm. */
  atRest(): string[] {
    const { browser, server, visits, written } = this;
    const faults: string[] = [];
    const said = (token: string) =>
      server.conversations.filter((one) => one.token === token).flatMap(({ log }) => log.flatMap(({ cmid }) => (cmid === null ? [] : [cmid])));
    const tokens = new Set(server.conversations.map(({ token }) => token));
    // two tabs of a browser that has no room for who they are were two customers
    const everybody = browser.refused.has("identity") ? [] : [[...tokens].flatMap(said)];
    for (const one of [...everybody, ...[...tokens].map(said)]) if (new Set(one).size < one.length) faults.push("something is said twice");
    const logged = [...tokens].flatMap(said);
    const shown = visits.flatMap(({ session }) => session.model.value.outbox);
    const failed = shown.flatMap(({ frame, failure }) => (failure === null ? [] : [frame.cmid]));
    if (shown.length > failed.length) faults.push("something still has to be sent");
    for (const { cmid, person, page, isKept } of written) {
      const there = logged.includes(cmid);
      const kept = page.alive || browser.committed.has(cmid) || (isKept && !browser.refused.has(cmid));
      const owed = person === this.person && kept && !server.lost.has(cmid) && !this.takenBack.has(cmid);
      if (owed && !there && !failed.includes(cmid)) faults.push(`${cmid} is lost`);
    }
    const left = browser.left(browser.items.get("frontdesk:shop:writer") ?? "");
    if (shown.length === 0 && left.length > 0) faults.push(`something is still kept: ${left.join()}`);
    for (const { session, name } of visits) {
      const { log } = session.model.value;
      const truth = server.conversations.find((one) => one.id === log.conversation);
      if (truth && log.last !== truth.log.length) faults.push(`${name} has ${log.last} of ${truth.log.length}`);
    }
    for (const { log } of server.conversations) faults.push(...this.#outOfOrder(log));
    return faults;
  }

  /**
   * What one page wrote stands in the order in which it was written, but for what a backup lost or somebody tried again.
   * Another page sends what it can read: it does not wait for a database that does not answer, or what had no room.
   */
  #outOfOrder(log: Gateway["conversations"][number]["log"]): string[] {
    const newest = new Map<string, number>();
    if (this.opened > 2 && (this.wasIll || this.browser.refused.size > 0)) return [];
    return log.flatMap((event) => {
      if (event.cmid === null || event.kind !== "message" || this.server.lost.has(event.cmid) || this.revived.has(event.cmid)) return [];
      const [, page = "", number = ""] = event.text.split(" ");
      const before = newest.get(page) ?? -1;
      newest.set(page, Math.max(before, Number(number)));
      return Number(number) < before ? [`${event.text} came out of order`] : [];
    });
  }
}
