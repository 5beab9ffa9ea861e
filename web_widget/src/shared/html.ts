/**
 * Sanitised article HTML once more: parsed apart from the page and rebuilt node by node from an allow-list.
 *
 * The server has cleaned it already; this is the second lock, and the only place where a string becomes elements.
 * Links keep only http, https, mailto, tel and paths of the same site; images only paths of the same site.
 */

const TAGS = new Set(
  ("p br hr h1 h2 h3 h4 h5 h6 ul ol li strong b em i del s code pre blockquote a img " +
    "table thead tbody tr th td mark sub sup kbd details summary dl dt dd").split(" "),
);

/** Elements whose text is not text for people. */
const SKIPPED = new Set("script style template iframe object svg math noscript textarea select".split(" "));

const HREF = /^(https?:|mailto:|tel:|\/(?!\/)|#)/i;
const SRC = /^(\/(?!\/)|data:image\/(png|jpeg|gif|webp);)/i;

interface TrustedPolicy {
  createHTML(text: string): string;
}

interface TrustedFactory {
  createPolicy(name: string, rules: TrustedPolicy): TrustedPolicy;
}

let policy: TrustedPolicy | null = null;

/** A document without scripts, styles or loading. Under Trusted Types the parser wants a policy: here is the one. */
function parse(html: string): HTMLElement {
  const factory = (globalThis as { trustedTypes?: TrustedFactory }).trustedTypes;
  policy ??= factory?.createPolicy("frontdesk", { createHTML: (text) => text }) ?? { createHTML: (text) => text };
  return new DOMParser().parseFromString(policy.createHTML(html), "text/html").body;
}

/** The nodes of sanitised HTML; `base` is the address that paths belong to, if not the page's own. */
export function rebuildHtml(html: string, base = ""): DocumentFragment {
  const fragment = document.createDocumentFragment();
  copyChildren(parse(html), fragment, base);
  return fragment;
}

function copyChildren(from: Node, to: Node, base: string): void {
  for (const node of Array.from(from.childNodes)) {
    if (node.nodeType === 3) to.appendChild(document.createTextNode(node.nodeValue ?? ""));
    else if (node.nodeType === 1) copyElement(node as Element, to, base);
  }
}

function copyElement(element: Element, to: Node, base: string): void {
  const name = element.localName;
  if (SKIPPED.has(name)) return;
  if (!TAGS.has(name)) {
    copyChildren(element, to, base);
    return;
  }
  const copy = document.createElement(name);
  if (name === "a") copyLink(element, copy, base);
  if (name === "img" && !copyImage(element, copy, base)) return;
  if (/^h[1-6]$/.test(name) && element.id) copy.id = element.id;
  if (name === "th" || name === "td") copySpan(element, copy);
  copyChildren(element, copy, base);
  to.appendChild(copy);
}

function address(value: string, base: string): string {
  return base && value.startsWith("/") ? new URL(value, base).href : value;
}

function copyLink(from: Element, to: HTMLElement, base: string): void {
  const href = (from.getAttribute("href") ?? "").trim();
  if (!HREF.test(href)) return;
  to.setAttribute("href", address(href, base));
  if (/^https?:/i.test(href)) {
    to.setAttribute("target", "_blank");
    to.setAttribute("rel", "noopener noreferrer nofollow");
  }
}

function copyImage(from: Element, to: HTMLElement, base: string): boolean {
  const src = (from.getAttribute("src") ?? "").trim();
  if (!SRC.test(src)) return false;
  to.setAttribute("src", address(src, base));
  to.setAttribute("alt", from.getAttribute("alt") ?? "");
  to.setAttribute("loading", "lazy");
  return true;
}

function copySpan(from: Element, to: HTMLElement): void {
  for (const name of ["colspan", "rowspan"]) {
    const value = from.getAttribute(name);
    if (value && /^\d{1,2}$/.test(value)) to.setAttribute(name, value);
  }
}
