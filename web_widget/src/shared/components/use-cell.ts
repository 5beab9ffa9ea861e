import { useLayoutEffect, useState } from "preact/hooks";
import type { Cell } from "../cell";

/** The value of a cell; the component is drawn again when it changes. */
export function useCell<T>(cell: Cell<T>): T {
  const [, redraw] = useState<object>();
  const drawn = cell.value;
  useLayoutEffect(() => {
    const look = () => redraw({});
    // It may have changed between drawing and now.
    if (cell.value !== drawn) look();
    return cell.subscribe(look);
  }, [cell]);
  return drawn;
}
