/** Whether the customer has the page open: a filled or an empty dot, and the word for whoever cannot see it. */

interface Props {
  online: boolean;
  /** Write the word out. */
  words?: boolean;
}

export function Presence({ online, words = false }: Props) {
  const word = online ? "Online" : "Offline";
  return (
    <span class={`presence ${online ? "presence-on" : "presence-off"}`} title={words ? undefined : word}>
      <span class="presence-dot" aria-hidden="true" />
      <span class={words ? "presence-word" : "fd-hidden"}>{word}</span>
    </span>
  );
}
