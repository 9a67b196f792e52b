import { GatepassError } from "./error.js";

/** A page of a list of Konnect's: `data`, and how many objects there are in all. */
export interface PageLike<Item> {
  readonly data: readonly Item[];
  readonly meta: { readonly page: { readonly number?: number; readonly size?: number; readonly total: number } };
}

/** A list, and whether it is known to be whole. */
export interface Collected<Item> {
  readonly items: Item[];
  /** How many objects the API said there are. */
  readonly total: number;
  /** Whether as many came, each once, while the total stood still. */
  readonly complete: boolean;
}

/**
 * Reads every page of a list, and proves that it did: `complete` only if as many different objects came as the API
 * says there are, and the total did not change on the way.
 *
 * ```js
 * const { items, complete } = await collectPages(async (number) =>
 *   (await portalApi.listApplications({ pageNumber: number, pageSize: 100 })).data);
 * ```
 *
 * @param read Reads one page; the first has number 1.
 * @throws {GatepassError} `page_unreadable` if something else than a page comes.
 */
export async function collectPages<Item extends { readonly id?: string }>(
  read: (number: number) => PageLike<Item> | Promise<PageLike<Item>>,
): Promise<Collected<Item>> {
  const items: Item[] = [];
  const seen = new Set<string>();
  let total: number | undefined;
  let steady = true;
  for (let number = 1; ; number += 1) {
    const page = checked<Item>(await read(number), number);
    const said = page.meta.page.total;
    steady &&= total === undefined || total === said;
    total = said;
    let fresh = 0;
    for (const item of page.data) {
      const id = item?.id;
      if (typeof id === "string" && seen.has(id)) {
        // An object that moved to a later page while the list was read: another may have been passed over.
        steady = false;
        continue;
      }
      if (typeof id === "string") seen.add(id);
      items.push(item);
      fresh += 1;
    }
    // An empty page is the end, and so is one with nothing new: a server that repeats itself would never end.
    if (items.length >= total || page.data.length === 0 || fresh === 0) break;
  }
  return { items, total, complete: steady && items.length === total };
}

function checked<Item>(page: unknown, number: number): PageLike<Item> {
  const { data, meta } = (page ?? {}) as Partial<PageLike<Item>>;
  const total: unknown = meta?.page?.total;
  if (!Array.isArray(data) || typeof total !== "number" || !Number.isSafeInteger(total) || total < 0) {
    const message = `page ${number} is no page of a list: it needs \`data\` and \`meta.page.total\``;
    throw new GatepassError("page_unreadable", message);
  }
  return page as PageLike<Item>;
}
