import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createApi, ProblemError, withQuery } from "../../src/shared/api";

const api = createApi("https://desk.example/widget/v1.js");
const answer = vi.fn<typeof fetch>();

beforeEach(() => vi.stubGlobal("fetch", answer));
afterEach(() => vi.unstubAllGlobals());

async function failure(run: Promise<unknown>): Promise<ProblemError> {
  const error = await run.then(
    () => null,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(ProblemError);
  return error as ProblemError;
}

describe("createApi", () => {
  it("asks the origin it was given and reads JSON", async () => {
    answer.mockResolvedValueOnce(Response.json({ ok: 1 }));
    expect(await api.get("/api/me")).toEqual({ ok: 1 });
    expect(answer.mock.lastCall?.[0]).toBe("https://desk.example/api/me");
  });

  it("hands on the sentence of a problem", async () => {
    const problem = { code: "stale_draft", message: "Somebody saved a newer draft.", retryable: false };
    answer.mockResolvedValueOnce(Response.json(problem, { status: 409 }));
    expect(await failure(api.put("/x", {}))).toMatchObject({ status: 409, ...problem });
  });

  it("finds its own words for a proxy's page", async () => {
    answer.mockResolvedValueOnce(new Response("<h1>Bad gateway</h1>", { status: 502 }));
    expect(await failure(api.get("/x"))).toMatchObject({ status: 502, code: "http_502", retryable: true });
  });

  it("says when nobody answers", async () => {
    answer.mockRejectedValueOnce(new TypeError("fetch failed"));
    expect(await failure(api.get("/x"))).toMatchObject({ status: 0, code: "unreachable", retryable: true });
  });

  it("lets the caller's own abort through", async () => {
    const abort = new AbortController();
    answer.mockImplementationOnce(() => {
      abort.abort();
      return Promise.reject(new DOMException("gone", "AbortError"));
    });
    await expect(api.get("/x", { signal: abort.signal })).rejects.not.toBeInstanceOf(ProblemError);
  });

  it("takes an empty answer", async () => {
    answer.mockResolvedValueOnce(new Response(null, { status: 204 }));
    expect(await api.post("/api/signout")).toBeUndefined();
  });
});

it("leaves empty values out of a query", () => {
  expect(withQuery("/s", { q: "a b&c", page: "", limit: 3, none: null })).toBe("/s?q=a+b%26c&limit=3");
  expect(withQuery("/s", { q: "" })).toBe("/s");
});
