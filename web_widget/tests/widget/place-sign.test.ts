import { afterEach, describe, expect, it } from "vitest";
import type { Shell } from "../../src/widget/contract";
import { signPlace } from "../../src/widget/place-sign";
import { notice, status, welcome } from "./frames";
import { type Stage, stage } from "./stage";

const queue = (position: number) => ({ position, low_seconds: 60, high_seconds: 120, long: false });
const undo: (() => void)[] = [];

function shellAround(): { shell: Shell; said: () => string; launcher: HTMLElement } {
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const place = document.createElement("div");
  const launcher = document.createElement("button");
  launcher.className = "launcher";
  place.append(launcher);
  root.append(place);
  const shell = { root, stage: place } as unknown as Shell;
  return { shell, launcher, said: () => root.getElementById(launcher.getAttribute("aria-describedby") ?? "")?.textContent ?? "gone" };
}

async function waiting(): Promise<Stage & ReturnType<typeof shellAround>> {
  const on = await stage();
  const around = shellAround();
  on.ui.open.value = false;
  undo.push(signPlace(on.session, on.ui, around.shell));
  on.arrive(welcome(), status({ owner: "queue", queue: queue(2) }));
  return { ...on, ...around };
}

afterEach(() => undo.splice(0).forEach((run) => run()));

describe("the place beside the closed launcher", () => {
  it("is shown and told, and follows the line", async () => {
    const { arrive, said, shell } = await waiting();
    expect(said()).toBe("2nd in line");
    expect(shell.root.querySelector("[role=status]")?.textContent).toBe("2nd in line");
    arrive(status({ owner: "queue", queue: queue(1) }));
    expect(said()).toBe("Next in line");
    arrive(status({ owner: "queue", queue: queue(1), agents_online: 0 }));
    expect(said()).toBe("Your place is kept");
    arrive(status({ owner: "agent" }));
    expect(said()).toBe("");
  });

  it("is silent while the panel is open, where the same stands", async () => {
    const { ui, said } = await waiting();
    ui.open.value = true;
    expect(said()).toBe("");
    ui.open.value = false;
    expect(said()).toBe("2nd in line");
  });

  it("claims nothing while the line is broken", async () => {
    const { socket, said } = await waiting();
    socket.drop();
    expect(said()).toBe("");
  });

  it("claims nothing to those who left how to be reached", async () => {
    const { arrive, said } = await waiting();
    arrive(notice(1, "contact_received"), status({ owner: "queue", queue: queue(2), agents_online: 0 }));
    expect(said()).toBe("");
  });
});
