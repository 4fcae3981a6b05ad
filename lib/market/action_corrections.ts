import type { Context } from "../context.ts";
import { type ActionCorrection, actionCorrections, positionOf } from "../history/action_versions.ts";
import type { ActionKind } from "../history/corporate_actions.ts";
import type { Page } from "../store/collection.ts";
import { cursorFor, positionIn } from "../store/cursor.ts";
import { readAsset } from "./assets.ts";

export interface ActionCorrectionsQuery {
  readonly symbol: string;
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** What was said otherwise of an asset's splits or dividends before. Throws `InvalidCursor`. */
export async function listActionCorrections<T>(
  ctx: Context,
  kind: ActionKind<T>,
  { symbol, limit, cursor }: ActionCorrectionsQuery,
): Promise<Page<ActionCorrection<T>>> {
  const { value: asset } = await readAsset(ctx, symbol);
  const list = ["corrections", kind.name, asset.no];
  const after = cursor === undefined ? "" : positionIn(list, cursor);
  const rest = (await actionCorrections(ctx, kind, asset.no)).filter((each) => positionOf(kind, each) > after);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  if (last === undefined || rest.length <= limit) return { items };
  return { items, nextCursor: cursorFor(list, positionOf(kind, last)) };
}
