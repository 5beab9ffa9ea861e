/** One tab sends at a time, by the browser's locks. Where there are none, everybody may: the cmid keeps it harmless. */
export function waitForTurn(name: string, granted: () => void): () => void {
  const { locks } = navigator;
  // the lock manager is missing outside of secure contexts
  if (!locks as boolean) {
    granted();
    return () => {};
  }
  const given = new AbortController();
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const hold = () => {
    if (!given.signal.aborted) granted();
    return held;
  };
  locks.request(name, { signal: given.signal }, hold).catch(() => {
    // Given up, or forbidden here: then nobody else has it either.
    if (!given.signal.aborted) granted();
  });
  return () => {
    given.abort();
    release();
  };
}
