/** A made-up shop floor for the console's screenshots: what a gateway would send to Mara. */

const at = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
const card = (id, name, about) => ({ id, name, about });
export const MARA = card("a-mara", "Mara Lindqvist", "Knows tents and returns");
const TOMAS = card("a-tomas", "Tomas Okafor", "Knows orders and payments");
const ILSE = card("a-ilse", "Ilse Vermeulen", "Knows boots");
const JUN = card("a-jun", "Jun Watanabe", "Knows stoves and lamps");

const colleague = (one, skills, languages, active, more = {}) => ({
  card: one, skills, languages, online: true, available: true, active, max_chats: 4, ...more,
});
const COLLEAGUES = [
  colleague(MARA, ["returns", "tents"], ["en", "sv"], 2),
  colleague(TOMAS, ["payments", "orders"], ["en", "fr"], 1),
  colleague(ILSE, ["boots", "returns"], ["nl", "de"], 4),
  colleague(JUN, ["stoves"], ["en", "ja"], 0, { available: false }),
  colleague(card("a-piet", "Piet Claes", ""), ["orders"], ["nl"], 0, { online: false, available: false }),
];

const row = (conversation, customer_name, more = {}) => ({
  conversation, customer_name, state: "waiting", reason: "low_confidence", priority: 0, last_text: "Where is my tent?", last_from: "customer",
  last_at: at(40), waiting_since: at(40), agent: null, customer_online: true, channel: "chat", skill: "", language: "", may_take: true,
  known_agent: null, offered_to: null, offer_seconds: null, transfer_to: null, transfer_skill: "", agent_away: false, ...more,
});

const ANA = row("c-ana", "Ana Ruiz", {
  reason: "rejected_twice", last_text: "That is the third time I explain it: the pole snapped at the joint and I need it before Friday.",
  last_at: at(75), waiting_since: at(75), priority: 2, known_agent: MARA,
});
const offered = { ...ANA, offered_to: MARA, offer_seconds: 24 };
const WAITING = [
  row("c-jonas", "Jonas Weber", { reason: "other_language", language: "de", skill: "boots", may_take: false, last_text: "Die Sohle löst sich.", waiting_since: at(230) }),
  row("c-lucie", "Lucie Moreau", { reason: "asked_for_person", offered_to: TOMAS, offer_seconds: 12, waiting_since: at(31), last_text: "Can I pay in two parts?" }),
  row("c-sam", "Samir Haddad", { reason: "left_details", channel: "email", customer_online: false, waiting_since: at(5_400), last_text: "Please write to me when the green one is back." }),
  row("c-kay", "Kay Olsen", { reason: "left_details", channel: "call", customer_online: false, waiting_since: at(3_200), last_text: "Call me about the broken stove." }),
];
const MINE = row("c-mine", "Ines Duarte", { state: "active", agent: MARA, waiting_since: null, last_from: "agent", last_text: "I have asked the warehouse.", reason: "policy_topic" });
const THEIRS = [
  row("c-theirs", "Noor Bakker", { state: "active", agent: TOMAS, waiting_since: at(20), reason: "frustration", last_text: "I was charged twice." }),
  row("c-away", "Pavel Novak", { state: "active", agent: ILSE, agent_away: true, waiting_since: at(95), last_text: "Are you still there?" }),
];

const welcome = (more = {}) => ({
  type: "welcome", version: 1, agent: MARA, max_chats: 4, available: true, supervisor: false, routing: "pick", limits: { text: 4000, frame: 65536 }, ...more,
});
const queue = (rows) => ({
  type: "queue", version: 1, rows, agents: [MARA, TOMAS], mine_active: 1, max_chats: 4, colleagues: COLLEAGUES,
  skills: ["boots", "orders", "payments", "returns", "stoves", "tents"],
});

const CUSTOMER = { role: "customer", name: "", agent_id: null };
const BOT = { role: "bot", name: "Fern", agent_id: null };
const SYSTEM = { role: "system", name: "Frontdesk", agent_id: null };
const by = (agent) => ({ role: "agent", name: agent.name, agent_id: agent.id });
const said = (actor, text, seconds) => ({ kind: "message", actor, text, at: at(seconds), cmid: null });
const notice = (code, text, seconds, agent = null) => ({ kind: "notice", actor: SYSTEM, code, text, agent, at: at(seconds), cmid: null });
const assigned = (code, text, seconds, agent = null) => ({ kind: "assignment", actor: SYSTEM, code, text, agent, at: at(seconds), cmid: null });
const note = (agent, text, seconds) => ({ kind: "note", actor: by(agent), text, at: at(seconds), cmid: null });

const TALK = [
  said(CUSTOMER, "Hello, my parcel FH-204817 says delivered, but nothing is here.", 620),
  said(BOT, "I could not find that. I can ask a colleague.", 612),
  notice("queued", "You are in line for a person.", 600),
  assigned("offered", "Offered to Tomas Okafor.", 596, TOMAS),
  assigned("offer_passed", "Tomas Okafor did not answer in time; it goes to the next agent.", 566, TOMAS),
  notice("joined", "Mara Lindqvist is with you now.", 540, MARA),
  said(by(MARA), "Hello Ines, I am Mara. I look into it with the carrier now.", 520),
  said(CUSTOMER, "Thank you. The driver was not even in our street today.", 480),
  said(by(MARA), "That helps. I have asked the warehouse to trace it.", 130),
  said(by(MARA), "They answer within the hour; you can close this page, and I write to you here.", 110),
];

const status = (conversation, name, more = {}) => ({
  type: "status", conversation, owner: "agent", fence: 3, agent: MARA, customer_name: name, customer_online: true, outcome: null, delivered_seq: 0,
  read_seq: 0, agent_away: false, reach: null, packet: null, ...more,
});
const reach = (more) => ({ channel: "email", email: "samir@haddad.example", phone: "", call_at: "", letters: true, letter: "", ...more });

const mine = (more = {}) => ({ conversation: "c-mine", events: TALK, status: status("c-mine", "Ines Duarte", more) });
const EVERYBODY = [...WAITING, MINE, ...THEIRS];

/** Each: the frames of the queue, and what `watch` of a conversation brings. */
export const FLOORS = {
  pick: { welcome: welcome(), queue: queue([ANA, ...EVERYBODY]), chats: [] },
  offer: { welcome: welcome({ routing: "offer" }), queue: queue([offered, ...EVERYBODY]), chats: [mine({ delivered_seq: 10, read_seq: 9 })], open: "c-mine" },
  offerOpen: {
    welcome: welcome({ routing: "offer" }), queue: queue([offered, ...EVERYBODY]),
    chats: [{ conversation: "c-ana", events: [said(CUSTOMER, ANA.last_text, 75)], status: status("c-ana", "Ana Ruiz", { owner: "queue", agent: null }) }],
    open: "c-ana",
  },
  two: {
    welcome: welcome({ routing: "offer" }),
    queue: queue([offered, { ...THEIRS[0], transfer_to: MARA, offer_seconds: 90 }, ...WAITING, MINE]),
    chats: [{
      conversation: "c-theirs",
      events: [said(CUSTOMER, "I was charged twice.", 60), note(TOMAS, "Refund is done; she asks about the tent poles now, that is yours.", 40)],
      status: status("c-theirs", "Noor Bakker", { agent: TOMAS }),
    }],
  },
  seen: { welcome: welcome(), queue: queue(EVERYBODY), chats: [mine({ delivered_seq: 10, read_seq: 10 })], open: "c-mine" },
  passing: {
    welcome: welcome(), queue: queue([...WAITING, { ...MINE, transfer_to: TOMAS, offer_seconds: 100 }, ...THEIRS]),
    chats: [{ ...mine({ delivered_seq: 9, read_seq: 9 }), events: [...TALK, note(MARA, "Carrier trace is open, number TR-55810.", 20), assigned("transfer_offered", "Mara Lindqvist asked Tomas Okafor to take over.", 19, TOMAS)] }],
    open: "c-mine",
  },
  supervisor: {
    welcome: welcome({ supervisor: true }), queue: queue(EVERYBODY),
    chats: [{ conversation: "c-theirs", events: [said(CUSTOMER, "I was charged twice.", 60), said(by(TOMAS), "Let me look.", 30)], status: status("c-theirs", "Noor Bakker", { agent: TOMAS }) }],
    open: "c-theirs",
  },
  away: {
    welcome: welcome({ supervisor: true }), queue: queue(EVERYBODY),
    chats: [{
      conversation: "c-away",
      events: [said(CUSTOMER, "Which size do I need?", 300), said(by(ILSE), "Half a size larger than your shoes.", 200), assigned("away", "Ilse Vermeulen lost the connection.", 90, ILSE), said(CUSTOMER, "Are you still there?", 60)],
      status: status("c-away", "Pavel Novak", { agent: ILSE, agent_away: true }),
    }],
    open: "c-away",
  },
  letter: {
    welcome: welcome(), queue: queue([...WAITING.filter((one) => one.conversation !== "c-sam"), { ...WAITING[2], state: "active", agent: MARA }, ...THEIRS]),
    chats: [{
      conversation: "c-sam",
      events: [{ kind: "contact", actor: CUSTOMER, at: at(5_400), cmid: null, contact: { name: "Samir Haddad", email: "samir@haddad.example", phone: "", call_at: "", about: "Please write to me when the green one is back." } }, said(by(MARA), "The green one is back on Monday.", 50)],
      status: status("c-sam", "Samir Haddad", { customer_online: false, reach: reach({ letter: "sent" }) }),
    }],
    open: "c-sam",
  },
  noletter: {
    welcome: welcome(), queue: queue([...WAITING.filter((one) => one.conversation !== "c-sam"), { ...WAITING[2], state: "active", agent: MARA }, ...THEIRS]),
    chats: [{ conversation: "c-sam", events: [said(CUSTOMER, "Please write to me when the green one is back.", 5_400)], status: status("c-sam", "Samir Haddad", { customer_online: false, reach: reach({ letters: false }) }) }],
    open: "c-sam",
  },
  call: {
    welcome: welcome(), queue: queue(EVERYBODY),
    chats: [{
      conversation: "c-kay",
      events: [{ kind: "contact", actor: CUSTOMER, at: at(3_200), cmid: null, contact: { name: "Kay Olsen", email: "", phone: "+47 22 12 34 56", call_at: "weekdays after 15:00", about: "Call me about the broken stove." } }],
      status: status("c-kay", "Kay Olsen", { owner: "queue", agent: null, customer_online: false, reach: reach({ channel: "call", email: "", phone: "+47 22 12 34 56", call_at: "weekdays after 15:00", letters: false }) }),
    }],
    open: "c-kay",
  },
  skill: {
    welcome: welcome(), queue: queue(EVERYBODY),
    chats: [{ conversation: "c-jonas", events: [said(CUSTOMER, "Die Sohle löst sich.", 230)], status: status("c-jonas", "Jonas Weber", { owner: "queue", agent: null }) }],
    open: "c-jonas",
  },
};

/** What the gateway answers to `watch`. */
export function watched(floor, conversation) {
  const chat = floor.chats.find((one) => one.conversation === conversation);
  if (!chat) return [{ type: "watching", conversation, epoch: "e1", head: 0, resumed: false }];
  const events = chat.events.map((event, index) => ({ type: "event", conversation, seq: index + 1, ...event }));
  return [{ type: "watching", conversation, epoch: "e1", head: events.length, resumed: false }, ...events, chat.status];
}
