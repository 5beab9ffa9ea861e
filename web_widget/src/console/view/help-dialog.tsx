/** The keys of the console, and the switch that turns the single-letter ones off. */
import { X } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import { IconButton } from "../../shared/components/button";
import { useBench } from "./bench";

const KEYS: readonly (readonly [keys: readonly string[], means: string])[] = [
  [["j", "Alt ↓"], "Next conversation"],
  [["k", "Alt ↑"], "Previous conversation"],
  [["r"], "Write a reply"],
  [["n"], "Write a note"],
  [["a", "Alt Enter"], "Accept what is offered"],
  [["d"], "Decline it"],
  [["t"], "Transfer to a colleague"],
  [["1", "2", "3"], "The bot’s answer was right, wrong, outdated"],
  [["Enter"], "Send"],
  [["Shift Enter"], "Break the line"],
  [["Esc"], "Leave the field, close what is open"],
  [["?"], "This list"],
];

export function HelpDialog() {
  const { page, choices } = useBench();
  const dialog = useRef<HTMLDialogElement>(null);
  const open = page.help.value;
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={() => (page.help.value = false)}>
      {open && (
        <>
          <header class="help-head">
            <h2 id="help-title">Keyboard shortcuts</h2>
            <IconButton icon={X} label="Close" onClick={() => (page.help.value = false)} />
          </header>
          <dl class="keys">
            {KEYS.map(([keys, means]) => (
              <div key={means} class="key-row">
                <dt>{means}</dt>
                <dd>
                  {keys.map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
          <label class="help-switch">
            <input
              type="checkbox"
              checked={choices.letters.value}
              onChange={(event) => (choices.letters.value = event.currentTarget.checked)}
            />
            Use single-letter keys
          </label>
        </>
      )}
    </dialog>
  );
}
