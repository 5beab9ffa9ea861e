/**
 * The markdown source as a CodeMirror 6 view. Loaded only when an article is opened (a chunk of its own).
 *
 * It lives in a shadow root: CodeMirror then puts its styles into adopted style sheets, which the page's
 * `style-src 'self'` allows; in the document it would need an inline <style>. Colours come from the tokens, which
 * custom properties carry through the shadow boundary.
 */
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, Language, defineLanguageFacet, languageDataProp, syntaxHighlighting } from "@codemirror/language";
import { EditorSelection, EditorState, type ChangeSpec } from "@codemirror/state";
import { EditorView, drawSelection, keymap, placeholder, type KeyBinding } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { Strikethrough, Table, parser } from "@lezer/markdown";

export interface SourceView {
  /** Replaces the text if it differs; can be undone. */
  show(text: string): void;
  focus(): void;
  close(): void;
}

export interface SourceOptions {
  text: string;
  label: string;
  hint: string;
  changed(text: string): void;
}

const facet = defineLanguageFacet({ commentTokens: { block: { open: "<!--", close: "-->" } } });
const markdown = new Language(
  facet,
  parser.configure([Table, Strikethrough, { props: [languageDataProp.add({ Document: facet })] }]),
  [],
  "markdown",
);

const highlight = HighlightStyle.define([
  { tag: tags.heading1, fontWeight: "650", fontSize: "1.15em" },
  { tag: tags.heading2, fontWeight: "650", fontSize: "1.08em" },
  { tag: tags.heading, fontWeight: "650" },
  { tag: tags.strong, fontWeight: "650" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: tags.strikethrough, textDecoration: "line-through" },
  { tag: [tags.link, tags.url], color: "var(--accent)" },
  { tag: [tags.processingInstruction, tags.contentSeparator, tags.labelName], color: "var(--text-quiet)" },
  { tag: tags.monospace, color: "var(--human)" },
  { tag: tags.quote, color: "var(--text-quiet)" },
]);

const theme = EditorView.theme({
  "&": { height: "100%", color: "var(--text)", backgroundColor: "transparent" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    overflow: "auto",
    fontFamily: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'Roboto Mono', Menlo, Consolas, monospace",
    fontSize: "14px",
    lineHeight: "1.6",
  },
  ".cm-content": { padding: "16px 0 96px", caretColor: "var(--accent)" },
  ".cm-line": { padding: "0 var(--source-inset, 24px)" },
  ".cm-cursor": { borderInlineStartColor: "var(--accent)", borderInlineStartWidth: "2px" },
  ".cm-placeholder": { color: "var(--text-quiet)" },
  "& .cm-scroller .cm-selectionLayer .cm-selectionBackground, &.cm-focused .cm-scroller .cm-selectionLayer .cm-selectionBackground":
    { backgroundColor: "var(--accent-soft)" },
});

export function openSource(host: HTMLElement, options: SourceOptions): SourceView {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  let quiet = false;
  const view = new EditorView({
    root,
    parent: root as unknown as HTMLElement,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        history(),
        drawSelection(),
        markdown,
        syntaxHighlighting(highlight),
        theme,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({
          "aria-label": options.label,
          "aria-multiline": "true",
          spellcheck: "true",
          autocorrect: "on",
          autocapitalize: "sentences",
        }),
        placeholder(options.hint),
        keymap.of([...marks, ...defaultKeymap, ...historyKeymap]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !quiet) options.changed(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    show(text) {
      if (view.state.doc.toString() === text) return;
      quiet = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      quiet = false;
    },
    focus: () => view.focus(),
    close: () => view.destroy(),
  };
}

const marks: KeyBinding[] = [
  { key: "Mod-b", run: (view) => wrap(view, "**") },
  { key: "Mod-i", run: (view) => wrap(view, "*") },
  { key: "Mod-k", run: link },
];

/** Puts the mark around the selection, or takes it away where it is already. */
function wrap(view: EditorView, mark: string): boolean {
  view.dispatch(
    view.state.changeByRange((range) => {
      const { doc } = view.state;
      const before = doc.sliceString(Math.max(0, range.from - mark.length), range.from);
      const after = doc.sliceString(range.to, range.to + mark.length);
      const size = mark.length;
      if (before === mark && after === mark) {
        const changes: ChangeSpec[] = [
          { from: range.from - size, to: range.from },
          { from: range.to, to: range.to + size },
        ];
        return { changes, range: EditorSelection.range(range.from - size, range.to - size) };
      }
      const changes: ChangeSpec[] = [
        { from: range.from, insert: mark },
        { from: range.to, insert: mark },
      ];
      return { changes, range: EditorSelection.range(range.from + size, range.to + size) };
    }),
  );
  return true;
}

/** `[selection](https://)`, with the address selected. */
function link(view: EditorView): boolean {
  const { from, to } = view.state.selection.main;
  const words = view.state.sliceDoc(from, to);
  const address = "https://";
  const start = from + words.length + 3;
  view.dispatch({
    changes: { from, to, insert: `[${words}](${address})` },
    selection: EditorSelection.range(start, start + address.length),
  });
  return true;
}
