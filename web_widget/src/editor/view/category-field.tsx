/** What an article belongs to: one of the categories there are, or a new one. */
import { useEffect, useState } from "preact/hooks";
import { LIMITS } from "../draft";
import { categories } from "../rows";
import { useWorld } from "./context";
import { Field } from "./field";

export function CategoryField({ value, changed }: { value: string; changed(category: string): void }) {
  const { library } = useWorld();
  const [known, setKnown] = useState<string[]>([]);
  useEffect(() => {
    library.articles().then(
      (rows) => setKnown(categories(rows)),
      () => setKnown([]), // Suggestions only: a category can be typed.
    );
  }, [library]);
  return (
    <Field label="Category">
      {(names) => (
        <>
          <input
            {...names}
            class="fd-input"
            value={value}
            list={`${names.id}-known`}
            maxLength={LIMITS.category}
            onInput={(event) => changed(event.currentTarget.value)}
          />
          <datalist id={`${names.id}-known`}>
            {known.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}
