import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createNavigation, type Navigation } from "../../src/editor/navigation";
import { EVERYTHING } from "../../src/editor/rows";

const turn = () => new Promise((resolve) => setTimeout(resolve));

let navigation: Navigation;

beforeEach(() => {
  window.history.replaceState(null, "", "/editor/a1");
  navigation = createNavigation(window);
});
afterEach(() => {
  navigation.close();
  document.body.textContent = "";
});

describe("navigation", () => {
  it("begins where the address says", () => {
    expect(navigation.route.value).toEqual({ view: "article", id: "a1" });
  });

  it("asks the guard before the article is left, and stays when it says no", async () => {
    const { route, go, guard } = navigation;
    const leave = vi.fn(async () => false);
    guard(leave);
    go({ view: "list", filter: EVERYTHING });
    await turn();
    expect(leave).toHaveBeenCalledTimes(1);
    expect(route.value.view).toBe("article");
    expect(window.location.pathname).toBe("/editor/a1");
    guard(async () => true);
    go({ view: "list", filter: { ...EVERYTHING, state: "draft" } });
    await turn();
    expect(route.value.view).toBe("list");
    expect(window.location.search).toBe("?state=draft");
  });

  it("follows links of the editor without loading the page, and leaves others alone", async () => {
    const { route } = navigation;
    document.body.insertAdjacentHTML("beforeend", "<a id='in' href='/editor/b2'>b</a><a id='out' href='/help'>h</a>");
    const click = (id: string) => {
      const event = new MouseEvent("click", { bubbles: true, cancelable: true });
      document.getElementById(id)?.dispatchEvent(event);
      return event.defaultPrevented;
    };
    expect(click("in")).toBe(true);
    await turn();
    expect(route.value).toEqual({ view: "article", id: "b2" });
    expect(click("out")).toBe(false);
  });
});
