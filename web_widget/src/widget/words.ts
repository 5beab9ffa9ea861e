/** Everything that the widget says in its own words, in one place. */
import type { QueuePlace } from "../shared/protocol";
import { ordinal, waitRange } from "../shared/time";

export const words = {
  panel: "Help and chat",
  title: "Help",
  greeting: "How can we help?",
  greetingLine: "Answers come at once, with their source. A person is one click away.",
  search: "Search for an answer",
  searchClear: "Clear search",
  nothingFound: "No article on this yet. Ask it, and you get an answer or a person.",
  askThis: (text: string) => `Ask “${text}”`,
  forThisPage: "For this page",
  helpedOthers: "What helped others",
  found: "Articles",
  ask: "Ask a question",
  askLine: (name: string) => `${name || "A bot"} ${name ? "is a bot and answers" : "answers"} at once`,
  person: "Talk to a person",
  personAsked: "A person is on the way",
  personHere: "You are talking to a person",
  personLine: "Your place in line is always shown",
  resume: "Back to your conversation",
  resumeLine: "Everything is still there",
  presenceBot: "Usually answers at once",
  presenceOffer: "Has no answer right now",
  presenceAgent: (name: string) => `${name} is with you`,
  presenceAway: (name: string) => `${name} lost the connection`,
  presenceClosed: "Finished · write to go on",
  back: "Back",
  close: "Close",
  menu: "More",
  composer: "Your message",
  composerHint: "Write a message",
  send: "Send",
  tooLong: (over: number) => `${over} characters too long`,
  left: (count: number) => `${count} characters left`,
  suggestions: "Articles that may help",
  suggestionsHide: "Hide these articles",
  suggestionsSpoken: (count: number) => (count === 1 ? "1 article may help" : `${count} articles may help`),
  log: "Conversation",
  you: "You",
  botLabel: "bot",
  personLabel: "person",
  said: (name: string) => `${name} said:`,
  thinking: (name: string) => `${name} is looking it up`,
  typing: (name: string) => `${name} is writing`,
  newMessages: "New messages",
  sending: "Sending",
  seen: "Seen",
  notSent: "Not sent",
  retry: "Retry",
  takeBack: "Edit",
  source: "Source",
  updated: "updated",
  helpful: "Did this help?",
  helpfulYes: "Yes, this helped",
  helpfulNo: "No, this did not help",
  helpfulThanks: "Good to know.",
  unhelpfulThanks: "Noted. Ask in other words, or talk to a person.",
  offerPerson: "Talk to a person",
  offerDetails: "Leave my e-mail",
  offerStay: "Go on with the bot",
  detailsSent: "You left your details",
  detailsCall: "You asked to be called back",
  queueUnknown: "You are in line",
  queueLeft: "Your message is with us",
  placeKept: "Your place is kept",
  queueNobody: "Nobody is here right now",
  reconnecting: "Connecting again. Your messages are kept.",
  offline: "You are offline. What you write is sent when you are back.",
  loading: "Loading the conversation",
  rateScores: ["Very bad", "Bad", "All right", "Good", "Very good"],
  rateThanks: (label: string) => `You said: ${label.toLowerCase()}. Thank you.`,
  askElse: "Ask something else",
  article: "Article",
  partMissing: "This part did not load.",
};

/** "3rd in line · about 2–4 min" */
export function presenceQueue(place: QueuePlace | null): string {
  if (!place) return words.queueUnknown;
  const range = waitRange(place.low_seconds, place.high_seconds);
  const where = placeWords(place.position);
  return range ? `${where} · ${range}` : where;
}

export function placeWords(position: number): string {
  return position === 1 ? "Next in line" : `${ordinal(position)} in line`;
}
