/**
 * Asked before something final is done to several items at once: which they are, and what else goes.
 *
 * @module
 */
import { fromList } from "./list_place.ts";
import { type Action, type Model, pathOfActions, pathOfList, trailTo } from "./model.ts";
import { type Chrome, Page } from "./page.tsx";

export interface ActionProps {
  readonly chrome: Chrome;
  readonly model: Model;
  readonly action: Action;
  /** Where they were ticked. */
  readonly list: URLSearchParams;
  readonly ticked: readonly { readonly id: string; readonly title: string; readonly consequences: readonly string[] }[];
}

export const ActionPage = ({ chrome, model, action, list, ticked }: ActionProps) => (
  <Page chrome={chrome} title={`${action.title} ${ticked.length} of ${model.title}?`} trail={trailTo(model, list)}>
    <ul>
      {ticked.map(({ title, consequences }) => (
        <li>
          <strong>{title}</strong>
          <ul>{consequences.map((sentence) => <li>{sentence}</li>)}</ul>
        </li>
      ))}
    </ul>
    <form method="post" action={fromList(pathOfActions(model), list)} class="tools">
      <input type="hidden" name="action" value={action.name} />
      <input type="hidden" name="sure" value="yes" />
      {ticked.map(({ id }) => <input type="hidden" name="id" value={id} />)}
      <button type="submit" class="danger">{`${action.title} all ${ticked.length}`}</button>
      <a href={pathOfList(model, list)}>Keep them</a>
    </form>
  </Page>
);
