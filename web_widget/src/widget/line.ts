/**
 * The customer's line: the shared client in a customer's words. A chunk of its own, fetched when the customer first has
 * something to say or to hear: who only reads articles does without.
 */
import { Driver, type DriverParts } from "../shared/client/driver";
import { Keep } from "../shared/client/keep";
import { emptyReader } from "../shared/client/reading";
import { newClient, OLDEST_VERSION, VERSION, type Client, type Dialect, type Way } from "../shared/client/state";
import { waitForTurn } from "../shared/client/turn";
import type { Log } from "../shared/log";
import type { Outbox } from "../shared/outbox";
import type { Page } from "../shared/protocol";
import { openSocket, socketUrl, type SocketLike } from "../shared/socket";
import type { Write } from "./model";
import type { Identity } from "./storage";

export interface LineOptions extends Pick<DriverParts<Write>, "clock" | "wall" | "changed" | "told"> {
  /** Any address on the gateway. */
  origin: string;
  site: string;
  locale: string;
  storage: Storage | null;
  page: () => Page;
  token: () => string | null;
  /** Whether this tab still speaks for whom the browser keeps: asked before it sends. */
  isCurrent: () => boolean;
  /** Whose unsent messages these are; null where nobody would know on the next page: then they last as long as this one. */
  writer: string | null;
  /** Who the customer was on the page before. */
  kept: Identity | null;
  /** What waited on the line before this one. */
  outbox: Outbox<Write>;
  /** Other ways and means than the browser's. */
  parts?: Partial<Pick<DriverParts<Write>, "store" | "turn" | "step">> & {
    connect?: typeof connect;
    open?: ConstructorParameters<typeof Keep<Write>>[3];
  };
}

export interface Line {
  readonly driver: Driver<Write>;
  /** Forget what is kept of what waits to be sent. */
  clear(): void;
}

export function openLine(options: LineOptions): Line {
  const { site, writer, storage, kept, outbox, isCurrent, clock, wall, changed, told, parts, origin } = options;
  const wait = parts?.turn ?? ((granted) => waitForTurn(`frontdesk:${site}`, granted));
  const keep = writer === null ? null : new Keep<Write>(storage, site, writer, parts?.open);
  const dialect = customerDialect(options);
  const driver: Driver<Write> = new Driver<Write>(newClient({ ...(kept && remembered(kept)), outbox }), {
    dialect,
    store: keep,
    clock,
    wall,
    changed,
    told,
    ...parts,
    connect: (way) => (parts?.connect ?? connect)(way, origin, () => dialect.hello(driver.client)),
    turn: (granted) => wait(() => isCurrent() && granted()),
  });
  return { driver, clear: () => keep?.clear() };
}

export function customerDialect({ page, locale, token }: Pick<LineOptions, "page" | "locale" | "token">): Dialect<Write> {
  const hello = ({ readers, wanted }: Client<Write>) => {
    const { conversation, epoch, last: seq } = readers[wanted[0] ?? ""]?.log ?? emptyReader.log;
    return { type: "hello", version: VERSION, oldest: OLDEST_VERSION, token: token(), conversation, epoch, seq, page: page(), locale };
  };
  return {
    polls: true,
    hello,
    resume: (_conversation, _log, client) => hello(client),
    leave: () => null,
    ack: (_conversation, seq, read) => ({ type: "ack", seq, read }),
    lane: () => "",
    isMessage: (frame) => frame.type === "send",
    isKept: () => true,
    isRepeated: () => true,
    staysRefused: (frame) => frame.type === "send",
  };
}

function connect(way: Way, origin: string, hello: () => object): SocketLike | Promise<SocketLike> {
  if (way === "socket") return openSocket(socketUrl("/ws/customer", origin));
  const url = new URL("/api/customer/poll", origin).href;
  return import("../shared/client/poll").then(({ PollSocket }) => new PollSocket(url, hello));
}

/** The log is not kept: it comes again, whole. */
function remembered({ conversation, epoch, seen }: Identity): Partial<Client<Write>> {
  const log: Log = { conversation, epoch: epoch || null, last: 0, events: [] };
  return { wanted: [conversation], readers: { [conversation]: { ...emptyReader, log, read: seen } } };
}
