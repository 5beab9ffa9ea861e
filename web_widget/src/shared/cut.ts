/** The first `most` units of a text, without half a character at the end or elsewhere: no server understands those. */
export function cut(text: string, most = Infinity): string {
  return text.slice(0, most).replace(/\p{Surrogate}/gu, "");
}
