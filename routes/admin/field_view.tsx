/**
 * Fields as inputs, with what is wrong beside each.
 *
 * @module
 */
import type { Child } from "hono/jsx";
import { isDay } from "../../lib/day.ts";
import { pointer } from "../../lib/problem.ts";
import type { Field, JsonObject, Leaf } from "./fields.ts";

/** What stands in a form: a value, as it is or as it was typed, and what the API says is wrong with it. */
export interface FormState {
  readonly value: JsonObject;
  /** By JSON pointer. */
  readonly errors: ReadonlyMap<string, readonly string[]>;
  /** Empty rows to offer; none to who changes nothing. */
  readonly spareRows: number;
}

interface Place {
  readonly state: FormState;
  readonly at: readonly string[];
}

export const Fields = (
  { fields, state, at = [] }: { fields: readonly Field[] } & Partial<Place> & Pick<Place, "state">,
) => <>{fields.map((field) => view(field, { state, at: [...at, field.name] }))}</>;

function view(field: Field, place: Place) {
  if (field.type === "group") return <Group field={field} place={place} />;
  if (field.type === "rows") return <Rows field={field} place={place} />;
  if (field.type === "choices") return <Choices field={field} place={place} />;
  return <Labelled field={field} place={place} />;
}

export const labelOf = (name: string): string => {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

function valueAt({ state, at }: Place): unknown {
  return at.reduce<unknown>(
    (value, name) => typeof value === "object" && value !== null ? (value as JsonObject)[name] : undefined,
    state.value,
  );
}

const textAt = (place: Place): string => {
  const value = valueAt(place);
  return value === undefined || value === null ? "" : String(value);
};

/** What an input is tied to its label and its errors by. */
function tie({ state, at }: Place) {
  const id = pointer(...at);
  const errors = state.errors.get(id) ?? [];
  const described = errors.length === 0 ? {} : { "aria-invalid": "true" as const, "aria-describedby": `${id}!` };
  return { id, errors, attributes: { id, name: id, ...described } };
}

function Labelled({ field, place }: { field: Leaf; place: Place }) {
  const { id, errors } = tie(place);
  return (
    <div class={field.type === "flag" ? "field flag" : "field"}>
      <label for={id}>
        {labelOf(field.name)}
        {field.isRequired && <span class="required" title="required">*</span>}
      </label>
      <Input field={field} place={place} />
      <Errors id={id} errors={errors} />
    </div>
  );
}

function Input({ field, place }: { field: Leaf; place: Place }) {
  const { attributes } = tie(place);
  const text = textAt(place);
  switch (field.type) {
    case "choice":
      return (
        <select {...attributes}>
          {(!field.isRequired || field.isNullable) && field.fallback === undefined && <option value=""></option>}
          {withCurrent(field.options, text).map((option) => (
            <option value={option} selected={option === (text || field.fallback)}>{labelOf(option)}</option>
          ))}
        </select>
      );
    case "flag":
      return <input type="checkbox" {...attributes} value="true" checked={text === "true"} />;
    case "number":
      return <input type="text" inputmode="decimal" {...attributes} value={text} />;
    case "text":
      return (
        <input
          type={field.format === "date" && (text === "" || isDay(text)) ? "date" : "text"}
          {...attributes}
          value={text || field.fallback}
          maxlength={field.maxLength}
          autocomplete="off"
        />
      );
  }
}

/** What was typed stays to be seen, even where it is none of the choices. */
const withCurrent = (options: readonly string[], text: string): readonly string[] =>
  text === "" || options.includes(text) ? options : [...options, text];

function Errors({ id, errors }: { id: string; errors: readonly string[] }) {
  if (errors.length === 0) return null;
  return <p class="error" id={`${id}!`}>{errors.join("; ")}</p>;
}

function Fieldset({ name, place, children }: { name: string; place: Place; children: Child }) {
  const { id, errors, attributes } = tie(place);
  return (
    <fieldset aria-describedby={attributes["aria-describedby"]}>
      <legend>{labelOf(name)}</legend>
      <Errors id={id} errors={errors} />
      {children}
    </fieldset>
  );
}

const Group = ({ field, place }: { field: Field & { type: "group" }; place: Place }) => (
  <Fieldset name={field.name} place={place}>
    <div class="grid">
      <Fields fields={field.fields} {...place} />
    </div>
  </Fieldset>
);

function Choices({ field, place }: { field: Field & { type: "choices" }; place: Place }) {
  const chosen = valueAt(place);
  const name = pointer(...place.at);
  return (
    <Fieldset name={field.name} place={place}>
      {field.options.map((option) => (
        <label class="check">
          <input
            type="checkbox"
            name={name}
            value={option}
            checked={Array.isArray(chosen) && chosen.includes(option)}
          />
          {option}
        </label>
      ))}
    </Fieldset>
  );
}

function Rows({ field, place }: { field: Field & { type: "rows" }; place: Place }) {
  const value = valueAt(place);
  const filled = Array.isArray(value) ? value.length : 0;
  const rows = Array.from({ length: filled + place.state.spareRows }, (_, row) => [...place.at, String(row)]);
  return (
    <Fieldset name={field.name} place={place}>
      <table class="rows">
        <thead>
          <tr>{field.fields.map(({ name }) => <th scope="col">{labelOf(name)}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((at, row) => <Row fields={field.fields} place={{ ...place, at }} row={row} />)}
        </tbody>
      </table>
      {place.state.spareRows > 0 && <p class="hint">Empty a row to remove it.</p>}
    </Fieldset>
  );
}

const Row = ({ fields, place, row }: { fields: readonly Leaf[]; place: Place; row: number }) => {
  const ofRow = tie(place);
  return (
    <tr>
      {fields.map((field, column) => {
        const cell = { ...place, at: [...place.at, field.name] };
        const { id, errors } = tie(cell);
        return (
          <td>
            <label class="unseen" for={id}>{`${labelOf(field.name)} ${row + 1}`}</label>
            <Input field={field} place={cell} />
            <Errors id={id} errors={errors} />
            {column === 0 && <Errors id={ofRow.id} errors={ofRow.errors} />}
          </td>
        );
      })}
    </tr>
  );
};
