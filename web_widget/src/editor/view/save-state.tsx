/** Whether the text is safe, always in the same place; said aloud when it changes for the worse or is done. */
import type { Autosave } from "../autosave";
import { saveWord, type SaveWord } from "../autosave";
import { fullTime } from "../../shared/time";
import { savedTime } from "../when";
import { Check, TriangleAlert } from "lucide";
import { Icon } from "../../shared/components/icon";

export function SaveState({ state, retry }: { state: Autosave; retry(): void }) {
  const said = saveWord(state);
  return (
    <div class={`save-state save-${said.word}`}>
      <span role="status" class="save-words">
        <Words said={said} />
      </span>
      {said.word === "failed" && (
        <button type="button" class="link" onClick={retry}>
          retry
        </button>
      )}
    </div>
  );
}

function Words({ said }: { said: SaveWord }) {
  switch (said.word) {
    case "nothing":
      return <>Nothing to save</>;
    case "saved":
      return (
        <>
          <Icon node={Check} />
          <span title={fullTime(said.at)}>Saved {savedTime(said.at, Date.now())}</span>
        </>
      );
    case "editing":
      return <>Not saved yet</>;
    case "saving":
      return <>Saving…</>;
    case "blocked":
      return (
        <>
          <Icon node={TriangleAlert} />
          <span title={said.message}>Not saved<span class="save-why"> — {said.message}</span></span>
        </>
      );
    case "failed":
      return (
        <>
          <Icon node={TriangleAlert} />
          <span title={said.message}>Not saved —</span>
        </>
      );
    case "conflict":
      return (
        <>
          <Icon node={TriangleAlert} />
          <span>
            Not saved<span class="save-why"> — a newer draft exists</span>
          </span>
        </>
      );
  }
}
