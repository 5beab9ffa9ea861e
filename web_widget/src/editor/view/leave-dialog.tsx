/** The text could not be saved and somebody wants to go elsewhere. */
import { Button } from "../../shared/components/button";
import type { Desk } from "../desk";
import { saveWord } from "../autosave";
import { Dialog } from "./dialog";

export function LeaveDialog({ desk, answer }: { desk: Desk; answer(leave: boolean): void }) {
  const said = saveWord(desk.autosave.value);
  const why =
    said.word === "failed" || said.word === "blocked"
      ? said.message
      : "A colleague saved a newer draft, and it is not decided which one stays.";
  const actions = (
    <>
      <Button kind="danger" onClick={() => answer(true)}>
        Leave all the same
      </Button>
      <Button kind="primary" onClick={() => answer(false)}>
        Stay here
      </Button>
    </>
  );
  return (
    <Dialog title="Your text is not saved yet" close={() => answer(false)} actions={actions}>
      <p>{why}</p>
      <p class="quiet">If you leave, this browser keeps your text and offers it when you open the article again.</p>
    </Dialog>
  );
}
