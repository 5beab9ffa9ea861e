/**
 * Plain HTTP against the gateway: JSON in, JSON out, every failure as one `ProblemError`.
 *
 * The message of a ProblemError is a sentence for people. Must not know which pages exist.
 */
import type { Problem } from "./knowledge";

export class ProblemError extends Error {
  override readonly name = "ProblemError";
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  readonly code: string;
  readonly retryable: boolean;

  constructor(status: number, problem: Problem) {
    super(problem.message);
    this.status = status;
    this.code = problem.code;
    this.retryable = problem.retryable;
  }
}

export interface CallOptions {
  signal?: AbortSignal;
  timeoutSeconds?: number;
  /** Sent even while the page is being left. */
  keepalive?: boolean;
}

export type Api = ReturnType<typeof createApi>;

const UNREACHABLE: Problem = {
  code: "unreachable",
  message: "The server could not be reached. Check your connection and try again.",
  retryable: true,
};

const UNREADABLE: Problem = {
  code: "unreadable",
  message: "The server gave an answer that could not be read. Try again in a moment.",
  retryable: true,
};

function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "code" in value && "message" in value;
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    const body: unknown = await response.json();
    if (isProblem(body)) return { ...body, retryable: Boolean(body.retryable) };
  } catch {
    // Not JSON: a proxy spoke, not the gateway.
  }
  const retryable = response.status >= 500 || response.status === 429;
  return { ...UNREADABLE, code: `http_${response.status}`, retryable };
}

/** `base` is an address whose origin is asked; empty for the page's own. An abort by the caller passes through. */
export function createApi(base = "") {
  async function call<T>(method: string, path: string, body: unknown, options: CallOptions): Promise<T> {
    const limit = AbortSignal.timeout((options.timeoutSeconds ?? 15) * 1000);
    const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
    const init: RequestInit = { method, signal, keepalive: options.keepalive, headers: { accept: "application/json" } };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers = { accept: "application/json", "content-type": "application/json" };
    }
    let response: Response;
    try {
      response = await fetch(base ? new URL(path, base).href : path, init);
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw new ProblemError(0, UNREACHABLE);
    }
    if (!response.ok) throw new ProblemError(response.status, await problemOf(response));
    if (response.status === 204) return undefined as T;
    try {
      return (await response.json()) as T;
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw new ProblemError(response.status, UNREADABLE);
    }
  }

  return {
    get: <T>(path: string, options: CallOptions = {}) => call<T>("GET", path, undefined, options),
    post: <T>(path: string, body?: unknown, options: CallOptions = {}) => call<T>("POST", path, body ?? {}, options),
    put: <T>(path: string, body: unknown, options: CallOptions = {}) => call<T>("PUT", path, body, options),
  };
}

/** Asks the origin of the page. */
export const api = createApi();

/** A path with its query; empty values are left out. */
export function withQuery(path: string, query: Record<string, string | number | null | undefined>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") params.set(name, String(value));
  }
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}
