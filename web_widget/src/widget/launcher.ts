/** The round button in the corner, with its badge. Plain DOM: it is there before anything else has loaded. */
import { MessageCircle, X } from "lucide";

const SVG = "http://www.w3.org/2000/svg";

type Attributes = Readonly<Record<string, string | number | undefined>>;

function element(tag: string, attributes: Attributes): SVGElement {
  const made = document.createElementNS(SVG, tag);
  for (const name in attributes) made.setAttribute(name, String(attributes[name]));
  return made;
}

function icon(node: readonly (readonly [string, Attributes])[]): SVGElement {
  const svg = element("svg", {
    viewBox: "0 0 24 24",
    fill: "none",
    stroke: "currentColor",
    "stroke-width": 1.75,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "aria-hidden": "true",
  });
  for (const [tag, attributes] of node) svg.append(element(tag, attributes));
  return svg;
}

export class Launcher {
  readonly button = document.createElement("button");
  readonly #badge = document.createElement("span");
  #open = false;
  #count = 0;

  constructor(press: () => void) {
    this.button.type = "button";
    this.button.className = "launcher";
    this.#badge.className = "badge";
    this.button.append(icon(MessageCircle), icon(X), this.#badge);
    this.button.onclick = press;
    this.#draw();
  }

  set open(open: boolean) {
    this.#open = open;
    this.#draw();
  }

  set count(count: number) {
    this.#count = count;
    this.#draw();
  }

  #draw(): void {
    const news = this.#count === 1 ? ", 1 new message" : this.#count > 1 ? `, ${this.#count} new messages` : "";
    this.button.setAttribute("aria-label", this.#open ? "Close chat" : `Open chat${news}`);
    this.button.setAttribute("aria-expanded", String(this.#open));
    this.button.setAttribute("aria-haspopup", "dialog");
    this.#badge.textContent = this.#count > 9 ? "9+" : this.#count > 0 ? String(this.#count) : "";
  }
}
