import { expect, it } from "vitest";
import { cut } from "../../src/shared/cut";

it("leaves no half character", () => {
  expect(cut("Tents \u{1f3d5}", 20)).toBe("Tents \u{1f3d5}");
  expect(cut("Tents \u{1f3d5}", 7)).toBe("Tents ");
  expect(cut("half \ud83d of one")).toBe("half  of one");
});
