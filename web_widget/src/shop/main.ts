/** The only thing this page does by itself: a question about a product begins in the chat. */

type Frontdesk = ((...command: unknown[]) => void) & { q?: unknown[] };

const page = window as unknown as { frontdesk?: Frontdesk };

if (!page.frontdesk) {
  const stub: Frontdesk = (...command) => {
    (stub.q ??= []).push(command);
  };
  page.frontdesk = stub;
}

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-ask]")) {
  button.addEventListener("click", () => page.frontdesk?.("prefill", `About the ${button.dataset.ask}: `));
}
