/** Line icons as inline SVG. `node` is an icon of the `lucide` package; only imported ones are bundled. */
import { createElement } from "preact";

/** The shape in which lucide publishes an icon. */
export type IconNode = readonly (readonly [tag: string, attributes: Readonly<Record<string, string | number | undefined>>])[];

interface Props {
  node: IconNode;
  /** Say it aloud; without a label the icon is decoration. */
  label?: string;
  /** Arrows turn round where text runs from the right. */
  turns?: boolean;
  class?: string;
}

export function Icon({ node, label, turns, class: extra }: Props) {
  const name = ["fd-icon", turns && "fd-icon-turns", extra].filter(Boolean).join(" ");
  const speech = label ? { role: "img" as const, "aria-label": label } : { "aria-hidden": "true" as const };
  return (
    <svg
      class={name}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.75"
      stroke-linecap="round"
      stroke-linejoin="round"
      {...speech}
    >
      {node.map(([tag, attributes], index) => createElement(tag, { ...attributes, key: index }))}
    </svg>
  );
}
