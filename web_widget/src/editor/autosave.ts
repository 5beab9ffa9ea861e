/**
 * When a draft is saved and what the page says about it: a machine without timers, requests or DOM.
 *
 * `step` takes what happened and gives the next state and what to do now. One save is in flight at most; whatever
 * is typed meanwhile is saved afterwards. Nothing typed is ever dropped: a failure keeps the draft and tries again.
 */

/** Quiet time after the last key before a draft is saved. */
export const QUIET_MS = 1_500;
/** First pause after a failure; doubled at each one after it, up to the longest. */
export const RETRY_MS = 2_000;
export const LONGEST_RETRY_MS = 30_000;

export interface Theirs {
  revision: number;
  by: string;
  /** ISO-8601. */
  at: string;
}

export type Trouble =
  | { kind: "failed"; message: string; retryable: boolean; attempts: number }
  | { kind: "conflict"; theirs: Theirs | null };

export interface Autosave {
  /** The revision that the text on the page was made from. */
  base: number | null;
  /** Raised at every change of the text. */
  version: number;
  /** The version that the server has. */
  saved: number;
  inFlight: number | null;
  /** ISO-8601; null before anything was saved from or loaded into this page. */
  savedAt: string | null;
  /** Why the text cannot be saved as it is; null when it can. */
  blocked: string | null;
  trouble: Trouble | null;
}

export type Happening =
  | { type: "loaded"; revision: number | null; at: string | null }
  | { type: "edited"; blocked: string | null }
  | { type: "due" }
  | { type: "asked" }
  | { type: "saved"; revision: number; at: string }
  | { type: "failed"; message: string; retryable: boolean }
  | { type: "stale" }
  | { type: "theirs"; theirs: Theirs }
  | { type: "keep_mine" };

export type Effect =
  | { do: "wait"; ms: number }
  | { do: "stop_waiting" }
  | { do: "save"; base: number | null }
  | { do: "ask_theirs" };

export type Step = [Autosave, Effect[]];

export const START: Autosave = {
  base: null,
  version: 0,
  saved: 0,
  inFlight: null,
  savedAt: null,
  blocked: null,
  trouble: null,
};

export function isDirty(state: Autosave): boolean {
  return state.version !== state.saved;
}

export function step(state: Autosave, happening: Happening): Step {
  switch (happening.type) {
    case "loaded":
      return [{ ...START, base: happening.revision, savedAt: happening.at }, [{ do: "stop_waiting" }]];
    case "edited":
      return edited({ ...state, version: state.version + 1, blocked: happening.blocked });
    case "due":
    case "asked":
      return begin(state);
    case "saved":
      return saved(state, happening.revision, happening.at);
    case "failed":
      return failed(state, happening.message, happening.retryable);
    case "stale":
      return [
        { ...state, inFlight: null, trouble: { kind: "conflict", theirs: null } },
        [{ do: "stop_waiting" }, { do: "ask_theirs" }],
      ];
    case "theirs":
      if (state.trouble?.kind !== "conflict") return [state, []];
      return [{ ...state, trouble: { kind: "conflict", theirs: happening.theirs } }, []];
    case "keep_mine":
      if (state.trouble?.kind !== "conflict" || state.trouble.theirs === null) return [state, []];
      return begin({ ...state, base: state.trouble.theirs.revision, trouble: null });
  }
}

function edited(state: Autosave): Step {
  if (state.inFlight !== null || state.trouble?.kind === "conflict") return [state, []];
  if (state.blocked !== null) return [state, [{ do: "stop_waiting" }]];
  return [state, [{ do: "wait", ms: QUIET_MS }]];
}

function begin(state: Autosave): Step {
  if (state.inFlight !== null || !isDirty(state) || state.blocked !== null) return [state, []];
  if (state.trouble?.kind === "conflict") return [state, state.trouble.theirs === null ? [{ do: "ask_theirs" }] : []];
  return [{ ...state, inFlight: state.version }, [{ do: "stop_waiting" }, { do: "save", base: state.base }]];
}

function saved(state: Autosave, revision: number, at: string): Step {
  const version = state.inFlight ?? state.saved;
  const next: Autosave = { ...state, base: revision, saved: version, savedAt: at, inFlight: null, trouble: null };
  const more = isDirty(next) && next.blocked === null;
  return [next, more ? [{ do: "wait", ms: QUIET_MS }] : []];
}

function failed(state: Autosave, message: string, retryable: boolean): Step {
  const attempts = state.trouble?.kind === "failed" ? state.trouble.attempts + 1 : 1;
  const changedMeanwhile = state.inFlight !== null && state.version !== state.inFlight;
  const next: Autosave = { ...state, inFlight: null, trouble: { kind: "failed", message, retryable, attempts } };
  if (next.blocked !== null || (!retryable && !changedMeanwhile)) return [next, []];
  const ms = retryable ? Math.min(RETRY_MS * 2 ** (attempts - 1), LONGEST_RETRY_MS) : QUIET_MS;
  return [next, [{ do: "wait", ms }]];
}

export type SaveWord =
  | { word: "nothing" }
  | { word: "saved"; at: string }
  | { word: "editing" }
  | { word: "saving" }
  | { word: "blocked"; message: string }
  | { word: "failed"; message: string }
  | { word: "conflict" };

/** What the page shows; every state has a word, so that nobody has to guess. */
export function saveWord(state: Autosave): SaveWord {
  if (state.trouble?.kind === "conflict") return { word: "conflict" };
  if (state.inFlight !== null) return { word: "saving" };
  if (state.trouble?.kind === "failed") return { word: "failed", message: state.trouble.message };
  if (isDirty(state)) return state.blocked === null ? { word: "editing" } : { word: "blocked", message: state.blocked };
  return state.savedAt === null ? { word: "nothing" } : { word: "saved", at: state.savedAt };
}
