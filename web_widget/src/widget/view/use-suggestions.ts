import { useEffect, useMemo, useState } from "preact/hooks";
import { browserClock } from "../../shared/socket";
import { noSuggestions, Suggester, type Suggestions } from "../suggester";
import { useWidget } from "./context";

/** Suggestions for a text that changes; none while `wanted` is false. */
export function useSuggestions(text: string, wanted: boolean): Suggestions {
  const { help } = useWidget();
  const [found, setFound] = useState<Suggestions>(noSuggestions);
  const suggester = useMemo(() => new Suggester(help.suggest, setFound, browserClock), [help]);
  useEffect(() => {
    suggester.typed(wanted ? text : "");
  }, [text, wanted]);
  useEffect(() => () => suggester.stop(), [suggester]);
  return wanted ? found : noSuggestions;
}
