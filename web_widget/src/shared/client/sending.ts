/**
 * Messages on their way: in order within a lane, one under way at a time, repeated under the same cmid until the server
 * has answered. Only one tab sends at a time; should two, the cmid keeps it harmless. Pure.
 */
import { deliver, enqueue, recall, refuse, revive, settle, unsent, type Outbox, type OutboxEntry, type Outgoing, type Refusal } from "../outbox";
import { backoffSeconds } from "./link";
import { send, timer, type Work } from "./state";

/** Unanswered for so long, a message is repeated on the same link. */
const REPEAT_SECONDS = 10;
/** So long another tab may keep this one from sending. */
const TURN_SECONDS = 5;
const ENDED = "That conversation has ended. Send it again?";

export function write<F extends Outgoing>(work: Work<F>, frame: F): void {
  const { client, moment } = work;
  // never before what was written earlier, wherever the clock on the wall has jumped to
  const at = client.outbox.reduce((latest, entry) => Math.max(latest, entry.at + 1), moment.wall);
  const outbox = enqueue(client.outbox, frame, at);
  change(work, client.greeted ? placed(work, outbox) : outbox);
  flush(work);
}

export function again<F extends Outgoing>(work: Work<F>, cmid: string): void {
  change(work, revive(work.client.outbox, cmid));
  flush(work);
}

export function discard<F extends Outgoing>(work: Work<F>, cmid: string): void {
  answeredFor(work, cmid);
  change(work, settle(work.client.outbox, cmid));
  flush(work);
}

/** Its event stands in a log. */
export function arrived<F extends Outgoing>(work: Work<F>, cmid: string | null): void {
  if (cmid !== null) discard(work, cmid);
}

export function accepted<F extends Outgoing>(work: Work<F>, frame: { cmid: string; conversation: string; seq: number }): void {
  const { client, dialect } = work;
  const entry = client.outbox.find((kept) => kept.frame.cmid === frame.cmid);
  const comes = client.wanted.includes(frame.conversation) && frame.seq > (client.readers[frame.conversation]?.log.last ?? 0);
  if (!entry || !comes || !dialect.isMessage(entry.frame)) return discard(work, frame.cmid);
  answeredFor(work, frame.cmid);
  change(work, deliver(client.outbox, frame.cmid));
  flush(work);
}

export function rejected<F extends Outgoing>(work: Work<F>, refusal: Refusal): void {
  const { client, dialect, moment } = work;
  const entry = client.outbox.find((kept) => kept.frame.cmid === refusal.cmid);
  if (!entry || entry.delivered) return;
  const keep = refusal.retryable ? dialect.isRepeated(entry.frame) : dialect.staysRefused(entry.frame);
  if (!keep) return discard(work, entry.frame.cmid);
  answeredFor(work, entry.frame.cmid);
  change(work, refuse(client.outbox, refusal, moment.now, backoffSeconds(entry.attempts + 1, moment.random)));
  flush(work);
}

/** The log was taken anew: what had been accepted into the old one may be gone from it, and goes again. */
export function unsettle<F extends Outgoing>(work: Work<F>, conversation: string): void {
  const { client, dialect } = work;
  change(work, recall(client.outbox, (frame) => ["", conversation].includes(dialect.lane(frame))));
}

/** What was accepted belongs to a conversation that is not followed any more. */
export function settleDelivered<F extends Outgoing>(work: Work<F>): void {
  change(work, work.client.outbox.filter((entry) => !entry.delivered));
}

/**
 * What the store holds: taken over from an earlier page or a closed tab. What it has shown once it knows better than this
 * page: what is gone was sent or taken back in another tab, or refused there for good.
 */
export function loaded<F extends Outgoing>(work: Work<F>, entries: Outbox<F>): void {
  const { client } = work;
  const logs = Object.values(client.readers).flatMap(({ log }) => log.events.map((event) => event.cmid));
  const stored = new Map(entries.map((entry) => [entry.frame.cmid, entry]));
  const kept = client.outbox.flatMap((entry) => {
    const there = stored.get(entry.frame.cmid);
    stored.delete(entry.frame.cmid);
    if (entry.delivered || isUnderWay(work, entry.frame) || (!there && !entry.shared)) return entry;
    return there ? { ...entry, failure: there.failure, shared: true } : [];
  });
  const taken: OutboxEntry<F>[] = [];
  for (const [cmid, entry] of stored) {
    if (logs.includes(cmid)) work.effects.push({ do: "drop", cmid });
    else taken.push({ ...entry, notBefore: 0, adopted: true, shared: true });
  }
  // what was left behind goes first, whatever the clocks of those pages said
  const left = [...kept.filter((entry) => entry.adopted), ...taken].sort((one, other) => one.at - other.at);
  client.outbox = [...left, ...kept.filter((entry) => !entry.adopted)];
  client.loaded = true;
  if (client.turn === "checking") client.turn = "mine";
  flush(work);
}

/** This tab may send; first it looks what others have sent of what it took over. */
export function granted<F extends Outgoing>(work: Work<F>): void {
  const { client } = work;
  if (client.turn !== "asked") return;
  const shared = unsent(client.outbox).some((entry) => entry.shared);
  client.turn = shared ? "checking" : "mine";
  if (shared) work.effects.push({ do: "load" });
  flush(work);
}

/** Nobody answers: go on without, sending twice does no harm. */
export function impatient<F extends Outgoing>(work: Work<F>): void {
  if (work.client.turn !== "none") work.client.turn = "mine";
  flush(work);
}

export function flush<F extends Outgoing>(work: Work<F>): void {
  const { client, moment, dialect } = work;
  const waiting = unsent(client.outbox);
  if (!client.greeted || !client.loaded || waiting.length === 0) {
    if (client.turn !== "none") work.effects.push({ do: "turn", wanted: false });
    client.turn = "none";
    timer(work, "turn", null);
    timer(work, "flush", null);
    return;
  }
  if (client.turn === "none") {
    client.turn = "asked";
    work.effects.push({ do: "turn", wanted: true });
    timer(work, "turn", TURN_SECONDS * 1000);
  }
  if (client.turn !== "mine") return;
  timer(work, "turn", null);
  change(work, placed(work, client.outbox));
  if (unsent(client.outbox).length < waiting.length) return flush(work);
  let next = Infinity;
  const lanes = new Map<string, OutboxEntry<F>>();
  for (const entry of waiting) {
    const lane = dialect.lane(entry.frame);
    if (!lanes.has(lane) || isUnderWay(work, entry.frame)) lanes.set(lane, entry);
  }
  for (const [lane, { frame, notBefore }] of lanes) {
    let due = isUnderWay(work, frame) ? (client.underWay[lane]?.at ?? 0) + REPEAT_SECONDS * 1000 : notBefore;
    if (due <= moment.now) {
      send(work, frame);
      client.underWay = { ...client.underWay, [lane]: { cmid: frame.cmid, at: moment.now } };
      due = moment.now + REPEAT_SECONDS * 1000;
    }
    next = Math.min(next, due);
  }
  timer(work, "flush", next - moment.now);
}

/**
 * Notes where is said what names no conversation itself. Should that one have ended since, it may have been said there: its
 * writer decides whether it is said again.
 */
function placed<F extends Outgoing>({ client, dialect }: Work<F>, outbox: Outbox<F>): Outbox<F> {
  const [here] = client.wanted;
  return outbox.flatMap((entry) => {
    const { frame, failure, delivered, saidIn = here } = entry;
    if (failure !== null || delivered || dialect.lane(frame) || !here) return entry;
    if (saidIn === here) return entry.saidIn ? entry : { ...entry, saidIn: here };
    return dialect.staysRefused(frame) ? { ...entry, failure: ENDED } : [];
  });
}

function isUnderWay<F extends Outgoing>({ client, dialect }: Work<F>, frame: F): boolean {
  return client.underWay[dialect.lane(frame)]?.cmid === frame.cmid;
}

function answeredFor<F extends Outgoing>({ client }: Work<F>, cmid: string): void {
  client.underWay = Object.fromEntries(Object.entries(client.underWay).filter(([, sent]) => sent.cmid !== cmid));
}

/** The new outbox, and in the store what of it still has to go. */
function change<F extends Outgoing>({ client, effects, dialect }: Work<F>, after: Outbox<F>): void {
  const before = client.outbox;
  const isStored = (entry: OutboxEntry<F> | undefined) => entry !== undefined && !entry.delivered && dialect.isKept(entry.frame);
  client.outbox = after;
  for (const entry of before) {
    const { cmid } = entry.frame;
    if (isStored(entry) && !isStored(after.find((one) => one.frame.cmid === cmid))) effects.push({ do: "drop", cmid });
  }
  for (const entry of after) if (isStored(entry) && !before.includes(entry)) effects.push({ do: "put", entry });
}
