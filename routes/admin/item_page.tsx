/**
 * The pages of one item: what it is, forms to change it, one to add another, one to delete it.
 *
 * @module
 */
import type { Child } from "hono/jsx";
import { Fields, type FormState } from "./field_view.tsx";
import type { Field } from "./fields.ts";
import { type Item, type Model, pathOfItem, pathOfModel } from "./model.ts";
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
  /** Somebody else changed it while it was edited; this is what it is now. */
  readonly isOutdated: boolean;
}

export const ItemPage = ({ chrome, model, item, etag, forms, notice, isOutdated }: ItemProps) => {
  const here = pathOfItem(model, model.idOf(item));
  return (
    <Page chrome={chrome} title={model.titleOf(item)} trail={[trailOf(model)]} notice={notice}>
      {isOutdated && <Outdated />}
      <Facts facts={model.facts?.(item) ?? {}} />
      <p class="links-inline">
        {(model.related?.(item) ?? []).map(({ href, text }) => <a href={href}>{text}</a>)}
        <a href={`${here}/history`}>History</a>
        {model.deleting !== undefined && chrome.mayWrite && <a class="danger" href={`${here}/delete`}>Delete</a>}
      </p>
      {forms.map((form) => (
        <FormView chrome={chrome} action={here} form={form} etag={etag}>
          <button type="submit" class="first" name="_then" value="list">Save</button>
          <button type="submit" name="_then" value="stay">Save and continue</button>
        </FormView>
      ))}
    </Page>
  );
};

const trailOf = (model: Model) => ({ href: pathOfModel(model), text: model.title });

const Outdated = () => (
  <p class="error" role="alert">
    Somebody else has changed this since you opened it, so nothing was saved. The forms hold what you typed; what it is
    now stands above them. Save again to put yours in its place.
  </p>
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

export const AddPage = ({ chrome, model, form }: { chrome: Chrome; model: Model; form: FilledForm }) => (
  <Page chrome={chrome} title={`Add ${model.one}`} trail={[trailOf(model)]}>
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
  const trail = [trailOf(model), { href: here, text: model.titleOf(item) }];
  return (
    <Page chrome={chrome} title={`Delete ${model.titleOf(item)}?`} trail={trail}>
      {error !== undefined && <p class="error" role="alert">{error}</p>}
      <ul>{consequences.map((sentence) => <li>{sentence}</li>)}</ul>
      <form method="post" action={`${here}/delete`} class="tools">
        {etag !== undefined && <input type="hidden" name="_etag" value={etag} />}
        <button type="submit" class="danger">Delete</button>
        <a href={here}>Keep it</a>
      </form>
    </Page>
  );
};
