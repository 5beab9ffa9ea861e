import { beforeEach, describe, expect, it } from "vitest";
import { Keeper, type Identity } from "../../src/widget/storage";

const of = (token: string): Identity => ({ token, conversation: `of ${token}`, epoch: "e", seen: 0 });
const keeper = (storage: Storage | null = localStorage) => new Keeper(storage, "shop");

/** Storage that answers as told instead. */
const broken = (change: Partial<Storage>) => ({ getItem: (key: string) => localStorage.getItem(key), ...change }) as Storage;
const fail = () => {
  throw new DOMException("no", "QuotaExceededError");
};

beforeEach(() => localStorage.clear());

describe("Keeper", () => {
  it("tells once whom another tab has met", () => {
    const [one, other] = [keeper(), keeper()];
    one.keepIdentity(of("T1"));
    expect([one.news(), other.news(), other.news()]).toEqual([null, "met", null]);
    expect(other.identity()).toEqual(of("T1"));
  });

  it("tells once that another tab has forgotten the customer", () => {
    keeper().keepIdentity(of("T1"));
    const [one, other] = [keeper(), keeper()];
    one.forget();
    expect([one.news(), other.news(), other.news()]).toEqual([null, "forgotten", null]);
  });

  it("names another writer after that, the same in all tabs", () => {
    const [one, other] = [keeper(), keeper()];
    const first = one.writer();
    expect(other.writer()).toBe(first);
    one.forget();
    const second = one.writer();
    expect(second).not.toBe(first);
    expect([other.writer(), other.news(), other.writer()]).toEqual([first, "forgotten", second]);
  });

  it("writes over nothing that it has not seen", () => {
    const [one, other] = [keeper(), keeper()];
    one.writer();
    other.writer();
    one.keepIdentity(of("T1"));
    other.keepIdentity(of("T2"));
    expect(keeper().identity()).toEqual(of("T1"));
    one.forget();
    other.keepDraft("half a");
    expect(localStorage.length).toBe(0);
  });

  it("knows what was seen in any tab", () => {
    keeper().keepIdentity({ ...of("T1"), seen: 5 });
    keeper().keepIdentity({ ...of("T1"), seen: 3 });
    expect(keeper().identity()?.seen).toBe(5);
    keeper().keepIdentity({ ...of("T1"), epoch: "restored", seen: 3 });
    expect(keeper().identity()?.seen).toBe(3);
  });

  it("takes no other for a stranger because nothing can be kept", () => {
    keeper().keepIdentity(of("T1"));
    const full = keeper(broken({ setItem: fail }));
    full.writer();
    full.keepIdentity(of("T2"));
    expect(full.news()).toBeNull();
    const none = keeper(null);
    none.writer();
    none.keepIdentity(of("T2"));
    expect([none.news(), none.identity(), none.draft()]).toEqual([null, null, ""]);
  });

  it("takes nobody for forgotten because nothing can be read", () => {
    keeper().keepIdentity(of("T1"));
    let forbidden = false;
    const moody = keeper(broken({ getItem: (key) => (forbidden ? fail() : localStorage.getItem(key)) }));
    forbidden = true;
    expect(moody.news()).toBeNull();
    forbidden = false;
    expect(moody.news()).toBeNull();
  });
});
