/**
 * A choice above a list.
 *
 * @module
 */
export interface ChoiceProps {
  /** Of the parameter, too. */
  readonly id: string;
  readonly title: string;
  readonly options: readonly string[];
  readonly chosen: string;
}

export const Choice = ({ id, title, options, chosen }: ChoiceProps) => (
  <div>
    <label for={id}>{title}</label>
    <select id={id} name={id}>
      <option value="">any</option>
      {options.map((option) => <option value={option} selected={option === chosen}>{option}</option>)}
    </select>
  </div>
);
