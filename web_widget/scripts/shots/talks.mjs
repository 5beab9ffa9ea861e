/** Made-up conversations for the widget's screenshots: what a gateway would send. */

const CONVERSATION = "c-shot";
const START = Date.now() - 9 * 60_000;
const BOT = { role: "bot", name: "Fern", agent_id: null };
const ME = { role: "customer", name: "You", agent_id: null };
const SYSTEM = { role: "system", name: "Frontdesk", agent_id: null };
export const MARA = { id: "a1", name: "Mara Lindqvist", about: "Knows tents and returns" };
const AGENT = { role: "agent", name: MARA.name, agent_id: MARA.id };

const HIT = {
  passage_id: "p1",
  article_slug: "how-to-return",
  article_title: "How to return something",
  heading: "What it costs",
  text: "You have 60 days. Open Your orders and choose Return. Print the label, or show the code at a pickup point.",
  html:
    "<p>You have <strong>60 days</strong>.</p><ol><li>Open <em>Your orders</em> and choose Return.</li>" +
    "<li>Print the label, or show the code at a pickup point.</li></ol>",
  score: 0.03,
  url: "/help/how-to-return#what-it-costs",
  updated_at: new Date(Date.now() - 12 * 86_400_000).toISOString(),
};

let clock = START;
const later = (seconds) => new Date((clock += seconds * 1000)).toISOString();
const said = (actor, text) => ({ kind: "message", actor, at: later(20), cmid: null, text });
const notice = (code, text, agent = null) => ({ kind: "notice", actor: SYSTEM, at: later(5), cmid: null, code, text, agent });

const question = said(ME, "How do I send a jacket back? I wore it once in the rain.");
const answer = { kind: "answer", actor: BOT, at: later(3), cmid: null, text: HIT.text, hit: HIT, confidence: 0.91 };
const choices = {
  kind: "choices",
  actor: BOT,
  at: later(3),
  cmid: null,
  text: "Did you mean one of these?",
  choices: [
    { id: "1", label: "How long a refund takes" },
    { id: "2", label: "Return exceptions: worn and marked items" },
    { id: "3", label: "Exchange for another size" },
    { id: "4", label: "None of these" },
  ],
};
const offer = {
  kind: "offer",
  actor: BOT,
  at: later(3),
  cmid: null,
  text: "I could not find that. I can ask a colleague — about 3 minutes — or somebody writes to you.",
  options: ["person", "details", "stay"],
};
const queued = notice("queued", "Your question is with our people. You are 3rd in line.");
const joined = notice("joined", "Mara Lindqvist is here.", MARA);

const card = {
  want: "How do I send a jacket back? I wore it once in the rain.",
  about: "Order FH-204817 · rain jacket",
  tried: "How to return something: this did not help",
  corrected: [],
};
const corrected = { ...card, want: "Exchange the jacket for a size L, I do not want my money back", tried: "", corrected: ["want", "tried"] };

const bot = { owner: "bot", agent: null, queue: null, agents_online: 2, bot_thinking: false, may_rate: false, agent_away: false, read_seq: 0, may_leave_details: false, card: null };
const waiting = { ...bot, owner: "queue", card, queue: { position: 3, low_seconds: 110, high_seconds: 235 } };
const alone = { ...waiting, card: null, agents_online: 0, may_leave_details: true, queue: { position: 2, low_seconds: null, high_seconds: null } };
const long = { ...waiting, card: null, may_leave_details: true, queue: { position: 9, low_seconds: 900, high_seconds: 2_100 } };
const contact = (more) => ({ kind: "contact", actor: ME, at: later(20), cmid: null, contact: { name: "Robin", email: "", phone: "", call_at: "", about: question.text, ...more } });
const received = notice("contact_received", "Thank you, Robin. Your message is with us.");
const TOMAS = { id: "a2", name: "Tomas Okafor", about: "Knows orders and payments" };
const withMara = { ...bot, owner: "agent", agent: MARA };
const early = [{ ...said(ME, "Is the store open on Sundays?"), at: new Date(START - 26 * 3_600_000).toISOString() }];
const toMara = [
  question,
  answer,
  said(ME, "It has a mark on the sleeve. Can I still return it?"),
  queued,
  joined,
  said(AGENT, "Hello, I have read what you wrote. A mark from one wet walk is fine with us."),
  said(AGENT, "Shall I send the label to the address on the order?"),
  said(ME, "Yes please. Here is what I read: https://fernhill.example/help/how-to-return"),
];

export const TALKS = {
  empty: { events: [], status: bot },
  answer: { events: [...early, question, answer], status: bot },
  thinking: { events: [question], status: { ...bot, bot_thinking: true } },
  choices: { events: [question, choices], status: bot },
  chosen: {
    events: [question, choices, { kind: "chosen", actor: ME, at: later(5), cmid: null, choice_id: "1", label: "How long a refund takes" }, answer],
    status: bot,
  },
  offer: { events: [question, offer], status: { ...bot, card: { ...card, tried: "I found no answer" } } },
  queue: { events: [question, answer, queued], status: waiting },
  corrected: { events: [question, answer, queued], status: { ...waiting, card: corrected } },
  nobody: { events: [question, answer, queued], status: alone },
  long: { events: [question, answer, queued], status: long },
  "left-mail": { events: [question, queued, contact({ email: "robin@nowhere.example" }), received], status: alone },
  "left-call": { events: [question, queued, contact({ phone: "+47 22 12 34 56", call_at: "weekdays after 15:00" }), received], status: alone },
  working: {
    events: [question, notice("still_working", "Fern is still looking. You can wait, or talk to a person.")],
    status: { ...bot, bot_thinking: true },
  },
  seen: { events: toMara, status: { ...withMara, read_seq: 8 } },
  away: { events: [...toMara, notice("agent_away", "Mara lost the connection. If she is not back in a minute, a colleague takes over.")], status: { ...withMara, agent_away: true } },
  passed: {
    events: [...toMara, notice("passed_on", "Tomas Okafor goes on from here.", TOMAS), said({ role: "agent", name: TOMAS.name, agent_id: TOMAS.id }, "Hello, I have read everything. I look after the label.")],
    status: { ...withMara, agent: TOMAS },
  },
  agent: { events: toMara, status: withMara, typing: true },
  closed: { events: [...toMara, notice("closed", "This conversation is finished.")], status: { ...bot, owner: "closed", may_rate: true } },
};

export function frames(talk, greeting = "Hello, I am Fern, a bot. I know our help pages and can bring in a person at any time.") {
  const events = talk.events.map((event, index) => ({ type: "event", conversation: CONVERSATION, seq: index + 1, ...event }));
  const welcome = {
    type: "welcome",
    version: 1,
    token: "t-shot",
    conversation: CONVERSATION,
    epoch: "e1",
    head: events.length,
    resumed: false,
    bot_name: "Fern",
    greeting,
    limits: { text: 4000, frame: 65536 },
  };
  const typing = talk.typing ? [{ type: "typing", conversation: CONVERSATION, role: "agent", name: MARA.name }] : [];
  return [welcome, ...events, { type: "status", conversation: CONVERSATION, ...talk.status }, ...typing];
}

const article = (slug, title, summary) => ({
  slug,
  title,
  summary,
  category: "returns",
  url: `/help/${slug}`,
  updated_at: HIT.updated_at,
});

export const ARTICLES = [
  article("how-to-return", "How to return something", "60 days, the label, and what it costs per country."),
  article("refund-time", "When you get your money back", "How long a refund takes for each way of paying."),
  article("delivery-times-and-costs", "Delivery times and costs", "What delivery costs per country and weight, and when it is free."),
  article("choose-a-tent", "Choose a tent", "How many people, how much to carry, what weather."),
];

export const ARTICLE = {
  ...ARTICLES[0],
  html:
    "<p>You can return what you bought within <strong>60 days</strong> of delivery.</p><h2 id='steps'>The steps</h2>" +
    "<ol><li>Open <a href='/help/order-status'>Your orders</a>.</li><li>Choose what goes back and why.</li>" +
    "<li>Print the label, or show the code at a pickup point.</li></ol><h2 id='what-it-costs'>What it costs</h2>" +
    "<table><thead><tr><th>Country</th><th>Label</th></tr></thead><tbody><tr><td>Belgium</td><td>free</td></tr>" +
    "<tr><td>Germany, France</td><td>€3.90</td></tr><tr><td>Norway</td><td>€12.90</td></tr></tbody></table>" +
    "<blockquote>Faulty things cost nothing to send back.</blockquote><script>alert(1)</script>",
};
