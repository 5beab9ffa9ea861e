/** Short sentences about what did not work. They go by themselves and take nothing with them. */
import { CircleAlert, Info, X } from "lucide";
import { IconButton } from "../../shared/components/button";
import { Icon } from "../../shared/components/icon";
import { useBench, usePick } from "./bench";

export function Toasts() {
  const { desk } = useBench();
  const toasts = usePick((state) => state.toasts);
  return (
    <div class="toasts" role="status">
      {toasts.map((toast) => (
        <div key={toast.id} class={`toast toast-${toast.tone}`}>
          <Icon node={toast.tone === "bad" ? CircleAlert : Info} />
          <p>{toast.text}</p>
          <IconButton icon={X} label="Dismiss" onClick={() => desk.dispatch({ type: "untoast", id: toast.id })} />
        </div>
      ))}
    </div>
  );
}
