/** The markdown source: a plain text area until CodeMirror is there, and for good where it cannot be loaded. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { SourceView } from "../codemirror";

export interface SourceProps {
  text: string;
  /** Only when this changes is `text` put into the source: what was typed is there already, and may be newer. */
  generation: number;
  label: string;
  changed(text: string): void;
}

const HINT = "Write as you would explain it to a friend. # makes a heading, - a list, | a table.";

export function Source({ text, generation, label, changed }: SourceProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<SourceView | null>(null);
  const latest = useRef({ text, changed });
  latest.current = { text, changed };
  const [rich, setRich] = useState(false);

  useEffect(() => {
    let closed = false;
    void import("../codemirror")
      .then(({ openSource }) => {
        if (closed || host.current === null) return;
        const hadFocus = document.activeElement?.classList.contains("source-plain") ?? false;
        view.current = openSource(host.current, {
          text: latest.current.text,
          label,
          hint: HINT,
          changed: (next) => latest.current.changed(next),
        });
        setRich(true);
        if (hadFocus) view.current.focus();
      })
      .catch(() => {
        // The plain text area stays: everything can be done in it.
      });
    return () => {
      closed = true;
      view.current?.close();
      view.current = null;
    };
  }, [label]);

  useEffect(() => view.current?.show(latest.current.text), [generation]);

  return (
    <div class="source">
      <div ref={host} class="source-rich" hidden={!rich} />
      {!rich && (
        <textarea
          class="source-plain"
          aria-label={label}
          placeholder={HINT}
          value={text}
          onInput={(event) => changed(event.currentTarget.value)}
        />
      )}
    </div>
  );
}
