/**
 * The pages of one item: what it is, forms to change it, one to add another, one to delete it.
 *
 * @module
 */
import type { Child } from "hono/jsx";
import { Fields, type FormState, labelOf } from "./field_view.tsx";
import type { Field, JsonObject } from "./fields.ts";
import { Rows } from "./list_page.tsx";
import { type Item, type Model, pathOfItem, pathOfModel, trailTo } from "./model.ts";
import { type Chrome, Page } from "./page.tsx";

/** A form as it stands. */
export interface FilledForm {
  readonly title: string;
  /** Which of the item's forms it is. */
  readonly place: number;
  readonly fields: readonly Field[];
  readonly state: FormState;
}

export interface ItemProps {
  readonly chrome: Chrome;
  readonly model: Model;
  readonly item: Item;
  /** Of the version that the forms were filled from. */
  readonly etag: string | undefined;
  readonly forms: readonly FilledForm[];
  readonly notice: string | undefined;
  /** Somebody else changed it while it was edited: what it is now, where that differs from what was typed. */
  readonly outdated?: JsonObject | undefined;
  readonly inlines: readonly FilledInline[];
}

/** Items of another model that belong to it, the first of them, and where all are. */
export interface FilledInline {
  readonly model: Model;
  readonly items: readonly Item[];
  readonly href: string;
}

export const ItemPage = ({ chrome, model, item, etag, forms, notice, outdated, inlines }: ItemProps) => {
  const here = pathOfItem(model, model.idOf(item));
  return (
    <Page chrome={chrome} title={model.titleOf(item)} trail={trailTo(model)} notice={notice}>
      {outdated !== undefined && <Outdated now={outdated} />}
      <Facts facts={model.facts?.(item) ?? {}} />
      <p class="links-inline">
        {(model.related?.(item) ?? []).map(({ href, text }) => <a href={href}>{text}</a>)}
        {model.csvPath !== undefined && <a href={`${here}/csv`}>CSV</a>}
        {model.auditTarget !== undefined && <a href={`${here}/history`}>History</a>}
        {model.removal !== undefined && chrome.mayWrite && (
          <a class="danger" href={`${here}/delete`}>{model.removal.verb}</a>
        )}
      </p>
      {model.details?.(item)}
      {forms.map((form) => (
        <FormView chrome={chrome} action={here} form={form} etag={etag}>
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

const Outdated = ({ now }: { now: JsonObject }) => (
  <div class="error" role="alert">
    <p>
      Somebody else has changed this since you opened it, so nothing was saved. The form holds what you typed; save
      again to put it in the place of what stands there now:
    </p>
    <dl>
      {Object.entries(now).map(([name, value]) => (
        <div>
          <dt>{labelOf(name)}</dt>
          <dd>{typeof value === "string" ? value : JSON.stringify(value)}</dd>
        </div>
      ))}
    </dl>
  </div>
);

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
  readonly etag?: string | undefined;
  readonly children: Child;
}

function FormView({ chrome, action, form, etag, children }: FormProps) {
  const { title, place, fields, state } = form;
  const whole = state.errors.get("");
  return (
    <form method="post" action={action} class="card" aria-label={title}>
      <h2>{title}</h2>
      {state.errors.size > 0 && (
        <p class="error" role="alert">{whole?.join("; ") ?? "Nothing was saved: see what is marked below."}</p>
      )}
      <input type="hidden" name="_form" value={String(place)} />
      {etag !== undefined && <input type="hidden" name="_etag" value={etag} />}
      <fieldset class="bare" disabled={!chrome.mayWrite}>
        <Fields fields={fields} state={state} />
        {chrome.mayWrite && <div class="tools">{children}</div>}
      </fieldset>
    </form>
  );
}

export const AddPage = ({ chrome, model, form, notice }: Pick<ItemProps, "chrome" | "model"> & {
  form: FilledForm;
  notice?: string | undefined;
}) => (
  <Page chrome={chrome} title={`Add ${model.one}`} trail={trailTo(model)} notice={notice}>
    <FormView chrome={chrome} action={`${pathOfModel(model)}/add`} form={form}>
      <button type="submit" class="first" name="_then" value="list">Save</button>
      <button type="submit" name="_then" value="stay">Save and continue</button>
      <button type="submit" name="_then" value="another">Save and add another</button>
    </FormView>
  </Page>
);

export interface DeleteProps {
  readonly chrome: Chrome;
  readonly model: Model;
  readonly item: Item;
  readonly etag: string | undefined;
  readonly consequences: readonly string[];
  readonly error?: string | undefined;
}

export const DeletePage = ({ chrome, model, item, etag, consequences, error }: DeleteProps) => {
  const here = pathOfItem(model, model.idOf(item));
  const trail = [...trailTo(model), { href: here, text: model.titleOf(item) }];
  const verb = model.removal?.verb ?? "Delete";
  return (
    <Page chrome={chrome} title={`${verb} ${model.titleOf(item)}?`} trail={trail}>
      {error !== undefined && <p class="error" role="alert">{error}</p>}
      <ul>{consequences.map((sentence) => <li>{sentence}</li>)}</ul>
      <form method="post" action={`${here}/delete`} class="tools">
        {etag !== undefined && <input type="hidden" name="_etag" value={etag} />}
        {chrome.mayWrite && <button type="submit" class="danger">{verb}</button>}
        <a href={here}>Keep it</a>
      </form>
    </Page>
  );
};
