/** What belongs to the article besides its text: category, address, other wordings. */
import type { Desk } from "../desk";
import { slugOf, wordings } from "../draft";
import { CategoryField } from "./category-field";
import { Field } from "./field";
import { SlugField } from "./slug-field";

export function Details({ desk }: { desk: Desk }) {
  const draft = desk.draft.value;
  if (draft === null) return null;
  const count = wordings(draft.questions).length;
  const label = (
    <>
      Other wordings {count > 0 && <span class="count">{count}</span>}
    </>
  );
  return (
    <div class="details">
      <CategoryField value={draft.category} changed={(category) => desk.edit({ category })} />
      <Address desk={desk} />
      <Field
        label={label}
        note="How customers ask for this, one to a line. Fern looks here too."
        problem={desk.problems.value.questions}
      >
        {(names) => (
          <textarea
            {...names}
            class="fd-input wordings"
            rows={6}
            value={draft.questions}
            placeholder={"can i send it back\nwrong size"}
            onInput={(event) => desk.edit({ questions: event.currentTarget.value })}
          />
        )}
      </Field>
      <AlwaysPerson checked={draft.always_person} changed={(always_person) => desk.edit({ always_person })} />
    </div>
  );
}

function AlwaysPerson({ checked, changed }: { checked: boolean; changed(checked: boolean): void }) {
  return (
    <label class="check">
      <input type="checkbox" checked={checked} onChange={(event) => changed(event.currentTarget.checked)} />
      <span>
        Always hand this topic to a person
        <span class="field-note">Fern may show the article, and a colleague is called as well.</span>
      </span>
    </label>
  );
}

function Address({ desk }: { desk: Desk }) {
  const draft = desk.draft.value;
  const article = desk.article.value;
  if (draft === null || article === null) return null;
  if (desk.slugIsOpen.value) {
    return (
      <SlugField
        value={draft.slug}
        placeholder={slugOf(draft.title)}
        problem={desk.problems.value.slug ?? null}
        note="It can change until the article is published."
        changed={(slug) => desk.edit({ slug })}
      />
    );
  }
  const address = `/help/${article.slug}`;
  return (
    <div class="fd-field">
      <span class="fd-label">Address</span>
      {article.published_revision === null ? (
        <span class="address">{address}</span>
      ) : (
        <a class="address" href={address} target="_blank" rel="noopener">
          {address}
        </a>
      )}
      <span class="field-note">It was published once, so it may be in bookmarks and stays as it is.</span>
    </div>
  );
}
