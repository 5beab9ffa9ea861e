/**
 * Screenshots of every state of the widget and of the demo shop, against made-up answers.
 *
 *   node scripts/shots.mjs FOLDER [--dist DIST] [--only NAME]
 *
 * CHROMIUM names the browser, by default /usr/bin/chromium.
 */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { serve } from "./shots/serve.mjs";
import { ARTICLE, ARTICLES, frames, TALKS } from "./shots/talks.mjs";

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

const DESKTOP = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };
const SMALL = { width: 320, height: 640 };

async function scene(name, options, act) {
  if (values.only && !name.includes(values.only)) return;
  const { viewport = DESKTOP, dark = false, talk = null, lang, full = false, slowArticles = false, seen = 100 } = options;
  const context = await browser.newContext({
    viewport,
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
    deviceScaleFactor: viewport.width < 500 ? 2 : 1,
    hasTouch: viewport.width < 500,
    isMobile: viewport.width < 500,
    locale: "en-GB",
  });
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(`${name}: ${error}`));
  page.on("console", (line) => line.type() === "error" && console.error(`${name}: ${line.text()}`));
  await page.route("**/api/knowledge/**", async (route) => {
    const url = new URL(route.request().url());
    if (slowArticles) return;
    if (url.pathname.endsWith("/suggest")) {
      const typed = url.searchParams.get("q");
      const articles = typed?.includes("zzz") ? [] : ARTICLES.filter(({ slug }) => !url.searchParams.get("seen")?.split(",").includes(slug)).slice(0, typed ? 3 : 4);
      return route.fulfill({ json: { articles, because: typed ? "typed" : "page" } });
    }
    if (url.pathname.endsWith("/gone")) return route.fulfill({ status: 404, json: { code: "not_found", message: "There is no such article.", retryable: false } });
    return route.fulfill({ json: ARTICLE });
  });
  const socket = {};
  await page.routeWebSocket(/\/ws\/customer$/, (ws) => {
    socket.ws = ws;
    if (socket.refuse) return ws.close();
    ws.onMessage((text) => {
      const frame = JSON.parse(text);
      if (frame.type === "hello" && talk) for (const sent of frames(TALKS[talk])) ws.send(JSON.stringify(sent));
      if (frame.type === "send" && socket.reject) {
        ws.send(JSON.stringify({ type: "rejected", cmid: frame.cmid, conversation: null, code: "too_fast", message: "This was too long for one message.", retryable: false, retry_after_seconds: null }));
      }
    });
  });
  if (talk) {
    const kept = { token: "t-shot", conversation: "c-shot", epoch: "e1", seen };
    await page.addInitScript((identity) => localStorage.setItem("frontdesk:default:identity", JSON.stringify(identity)), kept);
  }
  if (lang) {
    await page.route(`${site.origin}/`, async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace('data-lang="auto"', `data-lang="${lang}"`);
      await route.fulfill({ response, body });
    });
  }
  await page.goto(`${site.origin}/`);
  await page.waitForSelector(".launcher");
  await act(page, socket);
  await page.waitForTimeout(350);
  await page.screenshot({ path: join(out, `${name}.png`), fullPage: full });
  await context.close();
}

const open = async (page) => {
  await page.locator(".launcher").click();
  await page.locator("#panel").waitFor();
  await page.waitForTimeout(300);
};
const type = (page, text) => page.locator(".composer-field").fill(text);

await scene("shop", { full: true, viewport: { width: 1440, height: 900 } }, async () => {});
await scene("shop-dark", { full: true, viewport: { width: 1440, height: 900 }, dark: true }, async () => {});
await scene("shop-1024", { full: true, viewport: { width: 1024, height: 800 } }, async () => {});
await scene("shop-phone", { full: true, viewport: PHONE }, async () => {});
await scene("shop-320-dark", { full: true, viewport: SMALL, dark: true }, async () => {});

for (const dark of [false, true]) {
  const mode = dark ? "-dark" : "";
  await scene(`home${mode}`, { dark }, open);
  for (const talk of Object.keys(TALKS)) await scene(`talk-${talk}${mode}`, { dark, talk }, open);
  await scene(`article${mode}`, { dark, talk: "answer" }, async (page) => {
    await open(page);
    await page.locator(".source").click();
  });
  await scene(`sheet${mode}`, { dark, talk: "answer" }, async (page) => {
    await open(page);
    await type(page, "when do I get my money");
    await page.locator("#sheet-0").waitFor();
    await page.keyboard.press("ArrowUp");
  });
}
await scene("home-search", {}, async (page) => {
  await open(page);
  await page.locator(".search-input").fill("return a jacket");
  await page.locator(".found-summary").first().waitFor();
  await page.keyboard.press("ArrowDown");
});
await scene("home-nothing", {}, async (page) => {
  await open(page);
  await page.locator(".search-input").fill("zzz top");
  await page.locator(".found-none").waitFor();
});
await scene("home-loading", { slowArticles: true }, async (page) => {
  await open(page);
  await page.waitForTimeout(600);
});
await scene("details", { talk: "offer" }, async (page) => {
  await open(page);
  await page.getByRole("button", { name: "Leave my e-mail" }).click();
  await page.getByLabel("E-mail", { exact: true }).fill("robin@");
  await page.locator(".card button[type=submit]").click();
});
for (const dark of [false, true]) {
  await scene(`tell-edit${dark ? "-dark" : ""}`, { dark, talk: "queue" }, async (page) => {
    await open(page);
    await page.getByRole("button", { name: "Edit what I’ll tell them" }).click();
  });
}
await scene("tell-details", { talk: "queue" }, async (page) => {
  await open(page);
  await page.getByRole("button", { name: "E-mail or call me instead" }).click();
});
for (const viewport of [DESKTOP, PHONE]) {
  const phone = viewport === PHONE;
  const name = (state) => `wait-${state}${phone ? "-phone-dark" : ""}`;
  const options = (talk) => ({ talk, viewport, dark: phone });
  for (const talk of ["nobody", "long", "left-mail", "left-call", "working", "seen", "away", "passed"]) await scene(name(talk), options(talk), open);
  await scene(name("call"), options("nobody"), async (page) => {
    await open(page);
    await page.getByRole("button", { name: "Call me back" }).click();
    await page.getByLabel("Telephone", { exact: true }).fill("call me");
    await page.locator(".card button[type=submit]").click();
  });
  await scene(name("kept"), options("nobody"), async (page) => {
    await open(page);
    await page.getByRole("button", { name: "Keep my place" }).click();
  });
}
await scene("rating", { talk: "closed" }, async (page) => {
  await open(page);
  await page.getByRole("radio", { name: "Good", exact: true }).check({ force: true });
});
await scene("menu", { talk: "answer" }, async (page) => {
  await open(page);
  await page.getByRole("button", { name: "More" }).click();
});
await scene("failed", { talk: "answer" }, async (page, socket) => {
  socket.reject = true;
  await open(page);
  await type(page, "And what about the boots?");
  await page.keyboard.press("Enter");
  await page.locator(".not-sent").waitFor();
});
await scene("reconnecting", { talk: "answer" }, async (page, socket) => {
  await open(page);
  socket.refuse = true;
  socket.ws.close();
  await type(page, "Are you still there?");
  await page.keyboard.press("Enter");
  await page.waitForTimeout(2600);
});
await scene("offline", { talk: "answer" }, async (page) => {
  await open(page);
  await page.context().setOffline(true);
  await page.waitForTimeout(300);
});
await scene("too-long", { talk: "answer" }, async (page) => {
  await open(page);
  await type(page, "Every walk begins at the door. ".repeat(130));
});
await scene("unread", { talk: "answer", seen: 3 }, async (page, socket) => {
  await page.waitForTimeout(1500);
  const event = { type: "event", conversation: "c-shot", seq: 4, kind: "message", actor: { role: "agent", name: "Mara", agent_id: "a1" }, at: new Date().toISOString(), cmid: null, text: "Hello" };
  socket.ws.send(JSON.stringify(event));
});
for (const viewport of [PHONE, SMALL]) {
  const size = viewport.width;
  await scene(`phone-${size}-home`, { viewport }, open);
  await scene(`phone-${size}-agent`, { viewport, talk: "agent", dark: size === 320 }, open);
  await scene(`phone-${size}-queue`, { viewport, talk: "queue" }, open);
  await scene(`phone-${size}-offer`, { viewport, talk: "offer" }, open);
  await scene(`phone-${size}-tell-edit`, { viewport, talk: "corrected", dark: size === 320 }, async (page) => {
    await open(page);
    await page.getByRole("button", { name: "Edit what I’ll tell them" }).click();
  });
  await scene(`phone-${size}-choices`, { viewport, talk: "choices" }, open);
}
await scene("rtl-agent", { talk: "agent", lang: "ar" }, open);
await scene("rtl-wait", { talk: "nobody", lang: "ar" }, open);
await scene("phone-320-wait", { viewport: SMALL, talk: "nobody" }, open);
await scene("phone-320-call", { viewport: SMALL, talk: "nobody", dark: true }, async (page) => {
  await open(page);
  await page.getByRole("button", { name: "Call me back" }).click();
});
await scene("rtl-home", { lang: "he" }, open);

await browser.close();
site.close();
