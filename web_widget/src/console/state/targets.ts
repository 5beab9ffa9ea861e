/** Whom a conversation may be passed to, as the dialog lists them. Pure. */

import type { Colleague } from "../../shared/protocol";
import { type ConsoleState, myId, type Transfer } from "./model";

export interface Target {
  key: string;
  to: Transfer["to"];
  name: string;
  /** What they know, or who has the skill. */
  about: string;
  /** Null for a skill. */
  colleague: Colleague | null;
  /** Why they cannot be asked now; empty when they can. */
  because: string;
}

/** People before skills, whoever is free first; those who cannot be asked come last and say why. */
export function targets(state: ConsoleState, query: string): readonly Target[] {
  const { colleagues = [], skills = [] } = state.queue ?? {};
  const me = myId(state);
  const others = colleagues.filter(({ card }) => card.id !== me);
  const people = others.map((one) => person(one)).sort(byReadiness);
  const all = [...people, ...skills.map((skill) => withSkill(skill, others))];
  const wanted = query.trim().toLowerCase();
  return all.filter((one) => `${one.name} ${one.about}`.toLowerCase().includes(wanted)).sort((one, other) => rank(one) - rank(other));
}

function rank(target: Target): number {
  return target.because === "" ? 0 : 1;
}

function byReadiness(one: Target, other: Target): number {
  const [a, b] = [one.colleague, other.colleague];
  if (a === null || b === null) return 0;
  const order = [Number(b.online) - Number(a.online), Number(b.available) - Number(a.available), a.active / a.max_chats - b.active / b.max_chats];
  return order.find((difference) => difference !== 0) ?? one.name.localeCompare(other.name);
}

function person(colleague: Colleague): Target {
  const { card, skills, languages } = colleague;
  const about = [...skills, ...languages.map(languageName)].join(", ") || card.about;
  return { key: card.id, to: { agent: card.id }, name: card.name, about, colleague, because: unasked(colleague) };
}

function unasked(one: Colleague): string {
  if (!one.online) return "Offline";
  if (!one.available) return "Not taking chats";
  return isFull(one) ? "All chats taken" : "";
}

function isFull({ active, max_chats: most }: Colleague): boolean {
  return active >= most;
}

function withSkill(skill: string, others: readonly Colleague[]): Target {
  const having = others.filter((one) => one.skills.includes(skill) && one.online && one.available);
  const about = having.length === 0 ? "" : having.map(({ card }) => card.name).join(", ");
  const because = having.length === 0 ? "Nobody there" : having.every(isFull) ? "All chats taken" : "";
  return { key: `skill:${skill}`, to: { skill }, name: skill, about, colleague: null, because };
}

/** `de` → `German`; what no browser knows stays as it is. */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames("en", { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}
