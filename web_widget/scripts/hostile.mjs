/**
 * The widget on a page that does its worst: `node scripts/hostile.mjs [--dist DIST]`. Exits 1 and says what leaked.
 *
 * Checks style isolation under a strict policy, the site's accent in both themes, keyboard and focus, the inert page
 * on a phone, and that nothing throws. CHROMIUM names the browser, by default /usr/bin/chromium.
 */
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { serve } from "./shots/serve.mjs";
import { ARTICLES, frames, TALKS } from "./shots/talks.mjs";

const { values } = parseArgs({ options: { dist: { type: "string", default: "dist" } } });
const site = await serve(resolve(values.dist));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-background-networking"],
});

const CRUEL = `
  * { letter-spacing: 5px; visibility: hidden; line-height: 3; box-sizing: content-box; text-transform: uppercase }
  html { font-size: 31px } body { transform: translateX(40px); direction: rtl; color: red }
  button, input, textarea { border: 9px dotted lime; font: italic 40px serif }
  div { float: left; opacity: 0.3; filter: blur(2px) } .panel, .bubble, .header { display: none }
  frontdesk-widget { display: none; position: static }
`;

async function open({ css = "", viewport = { width: 1280, height: 800 }, dark = false, talk = null } = {}) {
  const context = await browser.newContext({ viewport, colorScheme: dark ? "dark" : "light", reducedMotion: "reduce" });
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (line) => /Content Security Policy|Refused/i.test(line.text()) && faults.push(line.text()));
  await page.route("**/api/knowledge/**", (route) => route.fulfill({ json: { articles: ARTICLES } }));
  await page.route(`${site.origin}/cruel.css`, (route) => route.fulfill({ contentType: "text/css", body: css }));
  await page.route(`${site.origin}/`, async (route) => {
    const response = await route.fetch();
    const link = '<link rel="stylesheet" href="/cruel.css"></head>';
    await route.fulfill({ response, body: (await response.text()).replace("</head>", link) });
  });
  await page.routeWebSocket(/\/ws\/customer$/, (ws) => {
    ws.onMessage((text) => {
      const frame = JSON.parse(text);
      if (frame.type === "hello") for (const sent of frames(TALKS[talk ?? "empty"])) ws.send(JSON.stringify(sent));
    });
  });
  if (talk) {
    const kept = JSON.stringify({ token: "t", conversation: "c-shot", epoch: "e1", seen: 0 });
    await page.addInitScript((identity) => localStorage.setItem("frontdesk:default:identity", identity), kept);
  }
  await page.goto(`${site.origin}/`);
  await page.locator(".launcher").waitFor();
  return { page, faults, close: () => context.close() };
}

/** What the browser makes of an element in the widget's shadow root. */
function styles(page, selector, names) {
  return page.evaluate(
    ([wanted, properties]) => {
      const root = document.querySelector("frontdesk-widget").shadowRoot;
      const style = getComputedStyle(root.querySelector(wanted));
      return Object.fromEntries(properties.map((name) => [name, style[name]]));
    },
    [selector, names],
  );
}

const PROPERTIES = ["letterSpacing", "visibility", "lineHeight", "textTransform", "fontSize", "fontStyle", "direction", "opacity", "filter", "borderTopWidth", "display"];
const PARTS = [".launcher", ".panel", ".header-name", ".bubble", ".composer-field", ".composer-send"];

async function picture(page) {
  const found = {};
  for (const part of PARTS) found[part] = await styles(page, part, PROPERTIES);
  return found;
}

const checks = {
  async "page styles stay outside"() {
    const calm = await open({ talk: "answer" });
    const cruel = await open({ talk: "answer", css: CRUEL });
    for (const { page } of [calm, cruel]) {
      await page.locator(".launcher").click();
      await page.locator(".answer").waitFor();
    }
    assert.deepEqual(await picture(cruel.page), await picture(calm.page));
    assert.deepEqual(cruel.faults, []);
    await calm.close();
    await cruel.close();
  },

  async "any accent can be read"() {
    for (const accent of ["yellow", "#ffffff", "#000", "rgb(255 0 120)", "hsl(200 100% 85%)", "navy", "not-a-colour"]) {
      for (const dark of [false, true]) {
        const shop = await open({ dark, talk: "thinking", css: `:root:root { --frontdesk-accent: ${accent} }` });
        await shop.page.locator(".launcher").click();
        await shop.page.locator(".said-mine .bubble").waitFor();
        const ratio = await shop.page.evaluate(() => {
          const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
          const light = (color) => {
            pen.fillStyle = color;
            pen.fillRect(0, 0, 1, 1);
            const [red, green, blue] = [...pen.getImageData(0, 0, 1, 1).data].map((byte) => {
              const part = byte / 255;
              return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
            });
            return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
          };
          const root = document.querySelector("frontdesk-widget").shadowRoot;
          const bubble = getComputedStyle(root.querySelector(".said-mine .bubble"));
          const panel = getComputedStyle(root.querySelector(".panel"));
          const contrast = (one, other) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
          const accent = light(bubble.backgroundColor);
          return [contrast(light(bubble.color), accent), contrast(light(panel.backgroundColor), accent)];
        });
        for (const value of ratio) assert.ok(value >= 4.5, `${accent} ${dark ? "dark" : "light"}: ${ratio}`);
        await shop.close();
      }
    }
  },

  async "keys and focus"() {
    const { page, faults, close } = await open();
    await page.locator(".launcher").focus();
    await page.keyboard.press("Enter");
    await page.locator(".search-input").waitFor();
    const focused = () => page.evaluate(() => document.querySelector("frontdesk-widget").shadowRoot.activeElement?.className ?? "");
    await page.waitForTimeout(200);
    assert.equal(await focused(), "search-input");
    await page.keyboard.press("Escape");
    assert.match(await focused(), /launcher/);
    assert.equal(await page.locator(".launcher").getAttribute("aria-expanded"), "false");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: /Ask a question/ }).click();
    await page.locator(".composer-field").waitFor();
    await page.waitForTimeout(200);
    assert.equal(await focused(), "composer-field");
    assert.deepEqual(faults, []);
    await close();
  },

  async "a half-composed character is not sent"() {
    const { page, close } = await open({ talk: "empty" });
    await page.locator(".launcher").click();
    await page.locator(".composer-field").fill("にほん");
    await page.locator(".composer-field").dispatchEvent("keydown", { key: "Enter", isComposing: true, bubbles: true });
    await page.locator(".composer-field").dispatchEvent("keydown", { key: "Enter", keyCode: 229, bubbles: true });
    assert.equal(await page.locator(".said-mine").count(), 0);
    await page.locator(".composer-field").press("Shift+Enter");
    assert.equal(await page.locator(".said-mine").count(), 0);
    await page.locator(".composer-field").press("Enter");
    await page.locator(".said-mine").waitFor();
    await close();
  },

  async "on a phone the page rests"() {
    const { page, close } = await open({ viewport: { width: 390, height: 800 } });
    const inert = () => page.evaluate(() => [...document.body.children].filter((e) => e.localName !== "frontdesk-widget" && e.localName !== "script").map((e) => e.inert));
    await page.locator(".launcher").click();
    await page.locator(".search-input").waitFor();
    assert.ok((await inert()).every(Boolean));
    assert.equal(await page.locator("#panel").getAttribute("aria-modal"), "true");
    const box = await page.locator("#panel").boundingBox();
    assert.deepEqual([box.x, box.y, box.width, box.height], [0, 0, 390, 800]);
    await page.getByRole("button", { name: "Close" }).click();
    assert.ok((await inert()).every((value) => value === false));
    await close();
  },

  async "calls before and after loading"() {
    const { page, close } = await open();
    const events = await page.evaluate(async () => {
      const heard = [];
      window.frontdesk("on", "open", () => heard.push("open"));
      window.frontdesk("on", "close", () => heard.push("close"));
      document.addEventListener("frontdesk:unread", () => heard.push("unread"));
      window.frontdesk("open");
      await new Promise((done) => setTimeout(done, 700));
      window.frontdesk("close");
      await new Promise((done) => setTimeout(done, 200));
      window.frontdesk("hide");
      const hidden = getComputedStyle(document.querySelector("frontdesk-widget")).display;
      window.frontdesk("show");
      window.frontdesk("destroy");
      return [...heard, hidden, String(document.querySelector("frontdesk-widget"))];
    });
    assert.deepEqual(events.filter((name) => name !== "unread"), ["open", "close", "none", "null"]);
    await close();
  },
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`ok    ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${name}\n${error.stack}`);
  }
}
await browser.close();
site.close();
process.exitCode = failed > 0 ? 1 : 0;
