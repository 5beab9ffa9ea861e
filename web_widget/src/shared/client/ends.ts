/** Ends of a line after which coming back by itself would change nothing: somebody has to sign in, reload or try again. */

const FINAL: ReadonlySet<string> = new Set([
  "bad_frame",
  "no_hello",
  "not_text",
  "foreign_origin",
  "unknown_version",
  "not_signed_in",
  "not_allowed",
]);

/** Whether a `bye` with this code is the last word. */
export function isFinal(code: unknown): boolean {
  return FINAL.has(String(code));
}
