import { describe, expect, it } from "vitest";
import { rebuildHtml } from "../../src/shared/html";

function rebuilt(html: string, base = ""): string {
  const box = document.createElement("div");
  box.append(rebuildHtml(html, base));
  return box.innerHTML;
}

describe("rebuildHtml", () => {
  it("keeps what articles are made of", () => {
    const html = "<h2 id=\"a\">One</h2><p>Two <strong>three</strong></p><ol><li>four</li></ol>";
    expect(rebuilt(html)).toBe(html);
  });

  it.each([
    "<script>alert(1)</script>",
    "<style>p{}</style>",
    "<object data='/x'>x</object>",
    "<svg onload=alert(1)><path/></svg>",
    "<img src=x onerror=alert(1)>",
    "<img src='javascript:alert(1)'>",
    "<img src='https://elsewhere.example/pixel.gif'>",
    "<img src='//elsewhere.example/pixel.gif'>",
    "<template><p>x</p></template>",
    "<noscript>x</noscript>",
    "<textarea>x</textarea>",
  ])("leaves nothing of %s", (html) => {
    expect(rebuilt(html)).toBe("");
  });

  it("drops every attribute that it does not know", () => {
    expect(rebuilt('<p onclick="x()" style="color:red" class="y" data-z="1">text</p>')).toBe("<p>text</p>");
  });

  it("keeps the text of unknown elements", () => {
    expect(rebuilt("<p><blink>still here</blink></p>")).toBe("<p>still here</p>");
  });

  it.each(["javascript:alert(1)", " JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "//elsewhere.example"])(
    "makes no link to %s",
    (href) => {
      const box = document.createElement("div");
      const link = document.createElement("a");
      link.setAttribute("href", href);
      link.textContent = "here";
      box.append(link);
      expect(rebuilt(box.innerHTML)).toBe("<a>here</a>");
    },
  );

  it("opens other sites apart and knows the owner of paths", () => {
    expect(rebuilt('<a href="https://a.example/">a</a>')).toContain('rel="noopener noreferrer nofollow"');
    expect(rebuilt('<a href="/help/x">x</a>', "https://desk.example")).toContain('href="https://desk.example/help/x"');
    expect(rebuilt('<a href="#x">x</a>', "https://desk.example")).toBe('<a href="#x">x</a>');
  });
});
