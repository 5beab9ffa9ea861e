/** One step of the client: what happened, and what follows from it. Pure, and the only way its state changes. */
import type { Outgoing, Refusal } from "../outbox";
import type { Event, Head } from "../protocol";
import { isFinal } from "./ends";
import * as link from "./link";
import * as reading from "./reading";
import * as sending from "./sending";
import {
  OLDEST_VERSION,
  send,
  VERSION,
  type Client,
  type Dialect,
  type Frame,
  type Input,
  type Moment,
  type Step,
  type Work,
} from "./state";

export function step<F extends Outgoing>(before: Client<F>, input: Input<F>, moment: Moment, dialect: Dialect<F>): Step<F> {
  const work: Work<F> = { client: { ...before }, effects: [], moment, dialect };
  take(work, input);
  return { client: work.client, effects: work.effects };
}

function take<F extends Outgoing>(work: Work<F>, input: Input<F>): void {
  const { client } = work;
  switch (input.on) {
    case "start":
      if (client.state === "stopped") link.open(work);
      return;
    case "stop":
      link.stop(work);
      return sending.flush(work);
    case "wake":
      return link.wake(work);
    case "opened":
      return link.opened(work, input.connection);
    case "closed":
      if (input.connection === client.probe) client.probe = 0;
      if (client.connection && input.connection === client.connection) gone(work);
      return;
    case "heard":
      if (link.heard(work, input.connection) && input.frame) receive(work, input.frame);
      return;
    case "timer":
      return elapsed(work, input.name);
    case "loaded":
      return sending.loaded(work, input.entries);
    case "write":
      return sending.write(work, input.frame);
    case "say":
      if (client.greeted) send(work, input.frame);
      return;
    case "revive":
      return sending.again(work, input.cmid);
    case "discard":
      return sending.discard(work, input.cmid);
    case "turn":
      return sending.granted(work);
    case "want":
      return reading.want(work, input.conversations);
    case "look":
      client.looked = input.conversation;
      return reading.noted(work);
  }
}

function elapsed<F extends Outgoing>(work: Work<F>, name: string): void {
  const { client } = work;
  if (name === "retry" && client.state === "waiting") link.open(work);
  if (name === "pulse" && client.connection) {
    link.pulse(work);
    // now and then: what a tab left behind that is gone
    if (client.connection) work.effects.push({ do: "load" });
    else sending.flush(work);
  }
  if (name === "upgrade") link.upgrade(work);
  if (name === "flush") sending.flush(work);
  if (name === "turn") sending.impatient(work);
  if (name === "ack") reading.acknowledge(work);
}

/** Whoever uses the client hears every frame that counts, after the client itself. */
function receive<F extends Outgoing>(work: Work<F>, frame: Frame): void {
  switch (frame.type) {
    case "welcome":
      welcome(work, frame);
      break;
    case "watching":
      reading.answered(work, frame as unknown as reading.Answer);
      break;
    case "event":
      reading.event(work, frame as unknown as Event);
      break;
    case "head":
      reading.head(work, frame as unknown as Head);
      break;
    case "accepted":
      sending.accepted(work, frame as unknown as Parameters<typeof sending.accepted>[1]);
      break;
    case "rejected":
      sending.rejected(work, frame as unknown as Refusal);
      break;
    case "bye":
      work.client.holdSeconds = Number(frame.retry_after_seconds ?? 0);
      if (isFinal(frame.code)) take(work, { on: "stop" });
      else gone(work);
  }
  work.effects.push({ do: "tell", frame });
}

function welcome<F extends Outgoing>(work: Work<F>, frame: Frame): void {
  const { client } = work;
  const version = Number(frame.version ?? VERSION);
  if (version > VERSION || version < OLDEST_VERSION) return gone(work);
  const first = !client.greeted;
  client.greeted = true;
  client.attempt = 0;
  if (typeof frame.conversation === "string") {
    reading.moved(work, frame.conversation);
    reading.answered(work, frame as unknown as reading.Answer);
  } else {
    for (const conversation of client.wanted) reading.ask(work, conversation);
  }
  // What other tabs and earlier pages left behind.
  if (first) work.effects.push({ do: "load" });
  sending.flush(work);
}

function gone<F extends Outgoing>(work: Work<F>): void {
  link.lost(work);
  sending.flush(work);
}
