import { act, screen } from "@testing-library/preact";
import { expect, it } from "vitest";
import { LinkLine } from "../../../src/console/view/link-line";
import { welcome } from "../fixtures";
import { draw, stage } from "./stage";

it("says that the line has ended, why, and what helps", () => {
  const on = stage();
  on.deliver(welcome());
  draw(on, <LinkLine />);
  expect(screen.getByRole("status").textContent).toBe("");
  act(() => on.deliver({ type: "bye", code: "unknown_version", message: "This page is older than the server.", retry_after_seconds: null }));
  expect(screen.getByRole("status").textContent).toContain("This page is older than the server.");
  expect(screen.getByRole("button", { name: "Reload" })).toBeTruthy();
});
