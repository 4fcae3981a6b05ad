/**
 * The pages of one item: what it is, forms to change it, one to add another, one to delete it.
 *
 * @module
 */
import type { Child } from "hono/jsx";
import { Fields, type FormState, labelOf } from "./field_view.tsx";
import type { Field, JsonObject } from "./fields.ts";
import { Rows } from "./list_page.tsx";
import { fromList } from "./list_place.ts";
import { type Item, type Model, pathOfAdd, pathOfItem, trailTo } from "./model.ts";
import { type Chrome, Page } from "./page.tsx";

/** A form as it stands. */
export interface FilledForm {
  readonly title: string;
  /** Which of the item's forms it is. */
  readonly place: number;
  readonly fields: readonly Field[];
  readonly state: FormState;
  /** The version that it was filled from; none of something new. */
  readonly base?: Base | undefined;
}

/** What stood there when a form was filled, to tell what was changed in it, and by somebody else meanwhile. */
export interface Base {
  readonly etag: string;
  readonly value: JsonObject;
}

export interface ItemProps {
  readonly chrome: Chrome;
  readonly model: Model;
  readonly item: Item;
  readonly forms: readonly FilledForm[];
  /** Somebody else changed it while it was edited: what it is now, where that differs from what was typed. */
  readonly outdated?: JsonObject | undefined;
  readonly inlines: readonly FilledInline[];
  /** Where one comes from, and goes to. */
  readonly list: URLSearchParams;
}

/** Items of another model that belong to it, the first of them, and where all are. */
export interface FilledInline {
  readonly model: Model;
  readonly items: readonly Item[];
  readonly href: string;
}

export const ItemPage = ({ chrome, model, item, forms, outdated, inlines, list }: ItemProps) => {
  const path = pathOfItem(model, model.idOf(item));
  const here = fromList(path, list);
  return (
    <Page chrome={chrome} title={model.titleOf(item)} trail={trailTo(model, list)}>
      {outdated !== undefined && <Outdated now={outdated} here={here} />}
      <Facts facts={model.facts?.(item) ?? {}} />
      <p class="links-inline">
        {(model.related?.(item) ?? []).map(({ href, text }) => <a href={href}>{text}</a>)}
        {model.csvPath !== undefined && <a href={`${path}/csv`}>CSV</a>}
        {model.auditTarget !== undefined && <a href={fromList(`${path}/history`, list)}>History</a>}
        {model.removal !== undefined && chrome.mayWrite && (
          <a class="danger" href={fromList(`${path}/delete`, list)}>{model.removal.verb}</a>
        )}
      </p>
      {model.details?.(item)}
      {forms.map((form) => (
        <FormView chrome={chrome} action={here} form={form}>
          <button type="submit" class="first" name="_then" value="list">Save</button>
          <button type="submit" name="_then" value="stay">Save and continue</button>
        </FormView>
      ))}
      {inlines.map((inline) => <InlineView {...inline} />)}
    </Page>
  );
};

const InlineView = ({ model, items, href }: FilledInline) => (
  <section>
    <h2>{model.title}</h2>
    {items.length === 0 ? <p class="quiet">None.</p> : <Rows model={model} items={items} />}
    <p class="links-inline">
      <a href={href}>{`All of them: ${model.title}`}</a>
    </p>
  </section>
);

/** `now` are the values that saving again would take the place of. */
const Outdated = ({ now, here }: { now: JsonObject; here: string }) => (
  <div class="error" role="alert">
    <p>
      Somebody else has changed this since you opened it, so nothing was saved yet. The form holds what you changed, and
      what they changed where you did not.{" "}
      {Object.keys(now).length === 0 ? "Save again to keep both." : "Save again to put yours in the place of theirs:"}
    </p>
    <dl>
      {Object.entries(now).map(([name, value]) => (
        <div>
          <dt>{labelOf(name)}</dt>
          <dd>{inWords(value)}</dd>
        </div>
      ))}
    </dl>
    <p>
      <a href={here}>Drop what you typed, and show it as it is now</a>
    </p>
  </div>
);

/** Rows and groups of a form by their values. */
function inWords(value: unknown): string {
  if (value === null || value === undefined || value === "") return "nothing";
  if (Array.isArray(value)) return value.map(inWords).join(", ") || "nothing";
  return typeof value === "object" ? Object.values(value).map(String).join(" ") : String(value);
}

const Facts = ({ facts }: { facts: Readonly<Record<string, Child>> }) => (
  <dl class="facts">
    {Object.entries(facts).map(([title, value]) => (
      <div>
        <dt>{title}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);

interface FormProps {
  readonly chrome: Chrome;
  readonly action: string;
  readonly form: FilledForm;
  readonly children: Child;
}

function FormView({ chrome, action, form, children }: FormProps) {
  const { title, place, fields, state, base } = form;
  const whole = state.errors.get("");
  return (
    <form method="post" action={action} class="card" aria-label={title}>
      <h2>{title}</h2>
      {state.errors.size > 0 && (
        <p class="error" role="alert">{whole?.join("; ") ?? "Nothing was saved: see what is marked below."}</p>
      )}
      <input type="hidden" name="_form" value={String(place)} />
      {base !== undefined && <input type="hidden" name="_etag" value={base.etag} />}
      {base !== undefined && <input type="hidden" name="_was" value={JSON.stringify(base.value)} />}
      <fieldset class="bare" disabled={!chrome.mayWrite}>
        <Fields fields={fields} state={state} />
        {chrome.mayWrite && (
          <div class="tools">
            {children}
            {fields.some(({ type }) => type === "rows") && (
              <button type="submit" name="_more" value="10">More rows</button>
            )}
          </div>
        )}
      </fieldset>
    </form>
  );
}

export const AddPage = ({ chrome, model, form, list }: Pick<ItemProps, "chrome" | "model" | "list"> & {
  form: FilledForm;
}) => (
  <Page chrome={chrome} title={`Add ${model.one}`} trail={trailTo(model, list)}>
    <FormView chrome={chrome} action={fromList(pathOfAdd(model), list)} form={form}>
      <button type="submit" class="first" name="_then" value="list">Save</button>
      <button type="submit" name="_then" value="stay">Save and continue</button>
      <button type="submit" name="_then" value="another">Save and add another</button>
    </FormView>
  </Page>
);

export interface DeleteProps extends Pick<ItemProps, "chrome" | "model" | "item" | "list"> {
  readonly etag: string | undefined;
  readonly consequences: readonly string[];
  readonly error?: string | undefined;
}

export const DeletePage = ({ chrome, model, item, list, etag, consequences, error }: DeleteProps) => {
  const path = pathOfItem(model, model.idOf(item));
  const here = fromList(path, list);
  const trail = [...trailTo(model, list), { href: here, text: model.titleOf(item) }];
  const verb = model.removal?.verb ?? "Delete";
  return (
    <Page chrome={chrome} title={`${verb} ${model.titleOf(item)}?`} trail={trail}>
      {error !== undefined && <p class="error" role="alert">{error}</p>}
      <ul>{consequences.map((sentence) => <li>{sentence}</li>)}</ul>
      <form method="post" action={fromList(`${path}/delete`, list)} class="tools">
        {etag !== undefined && <input type="hidden" name="_etag" value={etag} />}
        {chrome.mayWrite && <button type="submit" class="danger">{verb}</button>}
        <a href={here}>Keep it</a>
      </form>
    </Page>
  );
};
