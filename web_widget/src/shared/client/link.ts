/**
 * The link as a state machine: comes back with full jitter, notices when the other side is dead, falls back to
 * long-polling where sockets never speak, and returns to the socket when it does. Pure; knows nothing of logs or messages.
 */
import type { Outgoing } from "../outbox";
import { FIRST_UPGRADE_SECONDS, send, timer, type Work } from "./state";

/** To open, and then to be greeted. */
const CONNECT_SECONDS = 15;
/** A quiet link is asked for a sign of life after this long (the server speaks every 20 s), and is dead without one. */
const QUIET_SECONDS = 22;
const ANSWER_SECONDS = 8;
const WAKE_SECONDS = 5;
/** So many sockets without a word, and the next try is a long-poll. */
const MUTE_SOCKETS = 2;
const UPGRADE_MOST_SECONDS = 600;

/** Full jitter: any moment between the shortest wait and a ceiling that doubles with each attempt. Seconds. */
export function backoffSeconds(attempt: number, random: number, shortest = 0.5, longest = 30): number {
  const ceiling = Math.min(longest, shortest * 2 ** Math.min(attempt, 20));
  return shortest + random * (ceiling - shortest);
}

export function open<F extends Outgoing>(work: Work<F>): void {
  const { client, moment } = work;
  client.connections += 1;
  client.connection = client.connections;
  client.state = "connecting";
  client.spoke = false;
  client.heardAt = moment.now;
  client.pingedAt = null;
  timer(work, "retry", null);
  timer(work, "pulse", CONNECT_SECONDS * 1000);
  work.effects.push({ do: "open", connection: client.connection, way: client.way });
}

export function opened<F extends Outgoing>(work: Work<F>, connection: number): void {
  const { client, moment } = work;
  if (connection === 0 || (connection !== client.connection && connection !== client.probe)) return;
  if (connection === client.connection) {
    client.state = "open";
    client.heardAt = moment.now;
    timer(work, "pulse", CONNECT_SECONDS * 1000);
  }
  send(work, work.dialect.hello(client), connection);
}

/** Whether what was heard counts. The first word on a socket tried beside a long-poll makes it the connection. */
export function heard<F extends Outgoing>(work: Work<F>, connection: number): boolean {
  const { client, moment } = work;
  if (connection !== 0 && connection === client.probe) adopt(work);
  if (connection !== client.connection) return false;
  if (!client.spoke && client.way === "poll") timer(work, "upgrade", client.upgradeSeconds * 1000);
  client.spoke = true;
  client.mute = 0;
  client.heardAt = moment.now;
  client.pingedAt = null;
  return true;
}

function adopt<F extends Outgoing>(work: Work<F>): void {
  const { client } = work;
  work.effects.push({ do: "close", connection: client.connection });
  client.connection = client.probe;
  client.probe = 0;
  client.way = "socket";
  client.state = "open";
  client.upgradeSeconds = FIRST_UPGRADE_SECONDS;
  timer(work, "upgrade", null);
  timer(work, "pulse", CONNECT_SECONDS * 1000);
  forget(work);
}

/** What was true of the last connection says nothing about the next. */
function forget<F extends Outgoing>({ client }: Work<F>): void {
  client.greeted = false;
  client.underWay = {};
  const anew = { askedAt: null, acked: 0, ackedRead: 0 };
  client.readers = Object.fromEntries(Object.entries(client.readers).map(([id, reader]) => [id, { ...reader, ...anew }]));
}

/** The link is gone, or as good as gone. */
export function lost<F extends Outgoing>(work: Work<F>): void {
  const { client, moment, dialect } = work;
  drop(work);
  if (!client.spoke) {
    if (client.way === "poll") {
      client.way = "socket";
      client.mute = 0;
    } else {
      client.mute += 1;
      if (dialect.polls && client.mute >= MUTE_SOCKETS) client.way = "poll";
    }
  }
  client.state = "waiting";
  const seconds = client.holdSeconds + backoffSeconds(client.attempt, moment.random);
  client.heldUntil = moment.now + client.holdSeconds * 1000;
  client.attempt += 1;
  client.holdSeconds = 0;
  timer(work, "retry", seconds * 1000);
}

export function stop<F extends Outgoing>(work: Work<F>): void {
  drop(work);
  timer(work, "retry", null);
  work.client.state = "stopped";
}

function drop<F extends Outgoing>(work: Work<F>): void {
  const { client, effects } = work;
  for (const connection of [client.connection, client.probe]) if (connection) effects.push({ do: "close", connection });
  client.connection = client.probe = 0;
  timer(work, "pulse", null);
  timer(work, "upgrade", null);
  forget(work);
}

/** The network or the tab is back: connect, if the server has not asked for patience, or see whether the link still lives. */
export function wake<F extends Outgoing>(work: Work<F>): void {
  const { client, moment } = work;
  if (client.state === "waiting") {
    if (moment.now >= client.heldUntil) open(work);
  } else if (client.state === "open") {
    if (client.way === "poll") upgrade(work);
    ping(work, WAKE_SECONDS);
  }
}

export function pulse<F extends Outgoing>(work: Work<F>): void {
  const { client, moment } = work;
  const left = QUIET_SECONDS * 1000 - (moment.now - client.heardAt);
  if (!client.greeted || client.pingedAt !== null) lost(work);
  else if (left > 0) timer(work, "pulse", left);
  else ping(work, ANSWER_SECONDS);
}

function ping<F extends Outgoing>(work: Work<F>, seconds: number): void {
  work.client.pingedAt = work.moment.now;
  send(work, { type: "ping" });
  timer(work, "pulse", seconds * 1000);
}

/** Try a socket beside the long-poll; rarer each time. */
export function upgrade<F extends Outgoing>(work: Work<F>): void {
  const { client, effects } = work;
  if (client.way !== "poll" || client.state !== "open") return;
  if (client.probe) effects.push({ do: "close", connection: client.probe });
  client.connections += 1;
  client.probe = client.connections;
  client.upgradeSeconds = Math.min(UPGRADE_MOST_SECONDS, client.upgradeSeconds * 2);
  timer(work, "upgrade", client.upgradeSeconds * 1000);
  effects.push({ do: "open", connection: client.probe, way: "socket" });
}
