/**
 * Screenshots of the console where conversations change hands, against a made-up floor.
 *
 *   node scripts/floor-shots.mjs FOLDER [--dist DIST] [--only NAME]
 *
 * CHROMIUM names the browser, by default /usr/bin/chromium.
 */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { FLOORS, MARA, watched } from "./shots/floor.mjs";
import { serve } from "./shots/serve.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { dist: { type: "string", default: "dist" }, only: { type: "string", default: "" } },
});
const out = resolve(positionals[0] ?? "shots");
await mkdir(out, { recursive: true });
const site = await serve(resolve(values.dist));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-background-networking"],
});
const ME = { ...MARA, email: "mara@fernhill.example", roles: ["agent"] };
const SCREENS = { desktop: { width: 1440, height: 900 }, tablet: { width: 1024, height: 768 }, phone: { width: 390, height: 844 }, small: { width: 320, height: 640 } };

async function scene(name, floorName, act = async () => {}) {
  for (const [screen, viewport] of Object.entries(SCREENS)) {
    for (const scheme of ["light", "dark"]) {
      const full = `${name}-${screen}-${scheme}`;
      if (!full.includes(values.only)) continue;
      const phone = viewport.width < 720;
      const context = await browser.newContext({
        viewport, colorScheme: scheme, reducedMotion: "reduce", deviceScaleFactor: phone ? 2 : 1, hasTouch: phone, isMobile: phone, locale: "en-GB",
      });
      const page = await context.newPage();
      page.on("pageerror", (error) => console.error(`${full}: ${error}`));
      await stand(page, FLOORS[floorName]);
      await act(page, phone);
      await page.waitForTimeout(350);
      await page.screenshot({ path: join(out, `${full}.png`) });
      await context.close();
    }
  }
}

/** Puts the gateway's part in place and opens the console on the floor's conversation. */
async function stand(page, floor) {
  await page.route("**/api/me", (route) => route.fulfill({ json: ME }));
  await page.route("**/api/conversations**", (route) => route.fulfill({ json: { conversations: [] } }));
  await page.route("**/api/knowledge/search**", (route) => route.fulfill({ json: { hits: [], decision: "none", rewritten: "", took_seconds: 0 } }));
  const address = `${site.origin}/console${floor.open ? `/c/${floor.open}` : ""}`;
  await page.route(/\/console(\/c\/.*)?$/, async (route) => route.fulfill({ response: await route.fetch({ url: `${site.origin}/console.html` }) }));
  await page.routeWebSocket(/\/ws\/agent$/, (ws) => {
    ws.onMessage((text) => {
      const frame = JSON.parse(text);
      const answers = frame.type === "hello" ? [floor.welcome, floor.queue] : frame.type === "watch" ? watched(floor, frame.conversation) : [];
      for (const one of answers) ws.send(JSON.stringify(one));
    });
  });
  await page.goto(address);
  await page.waitForTimeout(500);
}

const colleagues = async (page, phone) => {
  if (!phone) await page.getByText("Colleagues", { exact: false }).first().click();
};

await scene("pick", "pick", async (page) => page.getByText("Colleagues", { exact: false }).first().click());
await scene("offer", "offer");
await scene("offer-open", "offerOpen");
await scene("two", "two");
await scene("seen", "seen", colleagues);
await scene("passing", "passing");
await scene("transfer", "seen", async (page, phone) => {
  if (phone) {
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Transfer to a colleague" }).click();
  } else {
    await page.getByRole("button", { name: "Transfer", exact: true }).click();
  }
  await page.keyboard.press("ArrowDown");
});
await scene("transfer-search", "seen", async (page, phone) => {
  if (phone) return;
  await page.locator("body").press("t");
  await page.getByRole("combobox").fill("ret");
  await page.getByLabel("Note", { exact: false }).last().fill("Carrier trace TR-55810 is open. She prefers short answers.");
});
await scene("more", "seen", async (page, phone) => {
  if (phone) await page.getByRole("button", { name: "More" }).click();
});
await scene("supervisor", "supervisor");
await scene("take-over", "supervisor", async (page) => page.getByRole("button", { name: "Take over" }).click());
await scene("away", "away");
await scene("letter", "letter");
await scene("noletter", "noletter");
await scene("call", "call");
await scene("skill", "skill");

await browser.close();
await site.close();
