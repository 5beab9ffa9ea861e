/**
 * Following conversations: resume after the last seq, ask again over a gap, say what has arrived and what was read. Pure.
 */
import { applyEvent, emptyLog, isBehind, resumeLog } from "../log";
import type { Outgoing } from "../outbox";
import type { Event, Head } from "../protocol";
import { arrived, settleDelivered, unsettle } from "./sending";
import { send, timer, type Reader, type Work } from "./state";

const ACK_SECONDS = 1;
/** The same question is not asked again before it can have been answered. */
const ASK_AGAIN_SECONDS = 3;

export const emptyReader: Reader = {
  log: emptyLog,
  head: 0,
  answeredOn: 0,
  askedAt: null,
  read: 0,
  acked: 0,
  ackedRead: 0,
};

/** Answer to `hello` or `watch`. */
export interface Answer {
  readonly conversation: string;
  readonly epoch: string;
  readonly head: number;
  readonly resumed: boolean;
}

/** History has arrived whole. */
export function isWhole({ answeredOn, log, head }: Reader): boolean {
  return answeredOn > 0 && log.last >= head;
}

function put<F extends Outgoing>({ client }: Work<F>, conversation: string, change: Partial<Reader>): void {
  const reader = client.readers[conversation] ?? emptyReader;
  client.readers = { ...client.readers, [conversation]: { ...reader, ...change } };
}

/** A customer has one conversation: the one that `welcome` names. */
export function moved<F extends Outgoing>(work: Work<F>, conversation: string): void {
  const { client } = work;
  if (client.wanted.includes(conversation)) return;
  const { [conversation]: kept = emptyReader } = client.readers;
  settleDelivered(work);
  client.readers = { [conversation]: kept };
  client.wanted = [conversation];
}

/** The server says where the log stands. Another epoch: forget it, it follows whole; what it may have lost goes again. */
export function answered<F extends Outgoing>(work: Work<F>, frame: Answer): void {
  const { conversation, epoch, head } = frame;
  const { connection, readers } = work.client;
  const before = readers[conversation] ?? emptyReader;
  // said twice on one connection, it is an echo: what followed the first has been applied
  const resumed = frame.resumed || (isFollowed(work, before) && before.log.epoch === epoch);
  const log = resumeLog(before.log, { conversation, epoch, resumed });
  const kept = log === before.log;
  const read = kept ? before.read : Math.min(before.read, head);
  put(work, conversation, { log, head, answeredOn: connection, askedAt: null, read });
  if (!kept) unsettle(work, conversation);
  noted(work);
}

/** Whether the server has said on this connection where that log stands: before that a seq means nothing. */
function isFollowed<F extends Outgoing>({ client }: Work<F>, reader: Reader | undefined): boolean {
  return reader?.answeredOn === client.connection;
}

export function event<F extends Outgoing>(work: Work<F>, frame: Event): void {
  const reader = work.client.readers[frame.conversation];
  if (!reader || !isFollowed(work, reader)) return;
  const { log, outcome } = applyEvent(reader.log, frame);
  if (outcome === "gap") ask(work, frame.conversation);
  if (outcome !== "applied") return;
  put(work, frame.conversation, { log, askedAt: null });
  if (frame.kind !== "hidden") arrived(work, frame.cmid);
  noted(work);
}

export function head<F extends Outgoing>(work: Work<F>, frame: Head): void {
  const { conversation } = frame;
  const reader = work.client.readers[conversation ?? ""];
  if (conversation && reader && (!isFollowed(work, reader) || isBehind(reader.log, frame))) ask(work, conversation);
}

export function ask<F extends Outgoing>(work: Work<F>, conversation: string): void {
  const { client, moment, dialect } = work;
  const reader = client.readers[conversation] ?? emptyReader;
  if (!client.greeted || !client.wanted.includes(conversation)) return;
  if (reader.askedAt !== null && moment.now - reader.askedAt < ASK_AGAIN_SECONDS * 1000) return;
  put(work, conversation, { askedAt: moment.now });
  send(work, dialect.resume(conversation, reader.log, client));
}

export function want<F extends Outgoing>(work: Work<F>, conversations: readonly string[]): void {
  const { client, dialect } = work;
  const before = client.wanted;
  client.wanted = conversations;
  for (const conversation of before) {
    const frame = conversations.includes(conversation) ? null : dialect.leave(conversation);
    if (!frame) continue;
    put(work, conversation, { askedAt: null });
    if (client.greeted) send(work, frame);
  }
  for (const conversation of conversations) if (!before.includes(conversation)) ask(work, conversation);
}

/** Moves the read mark of what is looked at, and lets the server know within a second. */
export function noted<F extends Outgoing>(work: Work<F>): void {
  const { client, moment } = work;
  const id = client.looked ?? "";
  const reader = client.readers[id];
  if (reader && moment.visible && isWhole(reader) && reader.log.last > reader.read) put(work, id, { read: reader.log.last });
  if (client.acking || !client.greeted || due(work).length === 0) return;
  client.acking = true;
  timer(work, "ack", ACK_SECONDS * 1000);
}

function due<F extends Outgoing>({ client }: Work<F>): readonly string[] {
  return client.wanted.filter((id) => {
    const { log, read, acked, ackedRead } = client.readers[id] ?? emptyReader;
    return log.last > acked || Math.min(read, log.last) > ackedRead;
  });
}

export function acknowledge<F extends Outgoing>(work: Work<F>): void {
  const { client, dialect } = work;
  client.acking = false;
  if (!client.greeted) return;
  for (const id of due(work)) {
    const { log, read } = client.readers[id] as Reader;
    const seen = Math.min(read, log.last);
    send(work, dialect.ack(id, log.last, seen));
    put(work, id, { acked: log.last, ackedRead: seen });
  }
}
