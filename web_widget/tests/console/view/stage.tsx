/** A desk with a recorded line and the console around it, for tests of what is drawn. */

import { signal } from "@preact/signals";
import { render } from "@testing-library/preact";
import type { ComponentChildren } from "preact";
import { Choices } from "../../../src/console/choices";
import { Desk } from "../../../src/console/link/desk";
import { type Bench, BenchProvider, newPage } from "../../../src/console/view/bench";
import type { AgentFrame, AgentOutFrame } from "../../../src/shared/protocol";
import { NOON } from "../fixtures";
import { newWire } from "../wire";

const nothing = { getItem: () => null, setItem: () => undefined };

export interface Stage {
  bench: Bench;
  sent: AgentFrame[];
  deliver: (...frames: AgentOutFrame[]) => void;
  /** The line breaks and is there again, not greeted yet. */
  reconnect: () => void;
}

export function stage(change: Partial<Bench> = {}): Stage {
  const wire = newWire();
  let ids = 0;
  const desk = new Desk({
    line: wire.line,
    store: nothing,
    newId: () => `m-${(ids += 1)}`,
    now: () => NOON,
    after: () => undefined,
  });
  const bench: Bench = {
    desk,
    page: newPage(),
    choices: new Choices(nothing),
    me: { id: "a-mara", name: "Mara Lindqvist", email: "mara@fernhill.example", about: "", roles: ["agent"] },
    now: signal(NOON),
    search: async () => ({ hits: [], decision: "none" }),
    recent: async () => [],
    signOut: async () => undefined,
    ...change,
  };
  const deliver = (...frames: AgentOutFrame[]): void => {
    wire.receive(...frames);
    desk.flush();
  };
  return {
    bench,
    get sent() {
      return wire.sent();
    },
    deliver,
    reconnect: wire.reconnect,
  };
}

export function draw(on: Stage, children: ComponentChildren): ReturnType<typeof render> {
  return render(<BenchProvider value={on.bench}>{children}</BenchProvider>);
}
