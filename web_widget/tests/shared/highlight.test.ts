import { describe, expect, it } from "vitest";
import { highlight } from "../../src/shared/highlight";

function marked(html: string, words: string): string {
  const box = document.createElement("div");
  box.innerHTML = html;
  const text = box.textContent;
  highlight(box, words);
  expect(box.textContent).toBe(text);
  return box.innerHTML.replaceAll(' class="fd-answering"', "");
}

describe("highlight", () => {
  it("marks the words that answer, and nothing else", () => {
    expect(marked("<p>We send daily. It takes two days.</p>", "It takes two days.")).toBe(
      "<p>We send daily. <mark>It takes two days.</mark></p>",
    );
  });

  it("goes across elements and line breaks", () => {
    expect(marked("<p>Wash it\n at <b>30</b> °C.</p><p>Dry it. Then rest.</p>", "at 30 °C.\n\nDry it.")).toBe(
      "<p>Wash it\n <mark>at </mark><b><mark>30</mark></b><mark> °C.</mark></p><p><mark>Dry it.</mark> Then rest.</p>",
    );
  });

  it("marks the first place only", () => {
    expect(marked("<p>Yes. Yes.</p>", "Yes.")).toBe("<p><mark>Yes.</mark> Yes.</p>");
  });

  it.each(["", "  ", "not there", "<b>"])("leaves everything alone for “%s”", (words) => {
    expect(marked("<p>Print the <i>label</i>.</p>", words)).toBe("<p>Print the <i>label</i>.</p>");
  });
});
