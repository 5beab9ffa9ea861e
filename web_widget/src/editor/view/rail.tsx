/** Beside the text: where the article stands, and three things that take turns below it. */
import { useId, useState } from "preact/hooks";
import type { Desk } from "../desk";
import { Details } from "./details";
import { HistoryList } from "./history-list";
import { StateCard } from "./state-card";
import { Tabs } from "./tabs";
import { TestBox } from "./test-box";

const PARTS = [
  { id: "details", words: "Details" },
  { id: "test", words: "Test a question" },
  { id: "history", words: "History" },
] as const;

type Part = (typeof PARTS)[number]["id"];

export function Rail({ desk }: { desk: Desk }) {
  const [part, setPart] = useState<Part>("details");
  const name = useId();
  return (
    <aside class="rail" aria-label="About this article">
      <StateCard desk={desk} />
      <Tabs name={name} label="About this article" tabs={PARTS} now={part} choose={(id) => setPart(id)} />
      {PARTS.map(({ id }) => (
        <div key={id} role="tabpanel" id={`${name}-${id}-panel`} aria-labelledby={`${name}-${id}`} hidden={part !== id}>
          {id === "details" && <Details desk={desk} />}
          {id === "test" && <TestBox desk={desk} />}
          {id === "history" && part === "history" && <HistoryList desk={desk} />}
        </div>
      ))}
    </aside>
  );
}
