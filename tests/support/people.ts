/**
 * Users of the service under test, who ask by a session of theirs as a browser would, or by a key.
 *
 * @module
 */
import { openSession } from "../../lib/identity/sessions.ts";
import type { Scope } from "../../lib/store/api_keys.ts";
import type { Role } from "../../lib/store/users.ts";
import { bodyOf, type Json } from "./answers.ts";
import { addUser } from "./factories.ts";
import { type Ask, asking } from "./asking.ts";
import type { TestService } from "./service.ts";

export interface Person {
  readonly id: string;
  /** The `Cookie` header of their browser. */
  readonly cookie: string;
  /** From a page of the service's own; an object as `body` is sent as JSON. */
  readonly ask: Ask;
}

/** Somebody who has signed in. */
export async function person(service: TestService, id: string, role: Role = "user"): Promise<Person> {
  await addUser(service, id, role);
  const change = service.store.change();
  const secret = await openSession(service.services, change, { userId: id, userAgent: "test" });
  await change.commit();
  const cookie = `foliolens=${secret}`;
  return { id, cookie, ask: asking(service.request, { cookie, "sec-fetch-site": "same-origin" }) };
}

export interface MadeKey extends Json {
  readonly id: string;
  readonly key: string;
}

export async function makeKey(owner: Pick<Person, "ask">, scopes: Scope[], facts: Json = {}): Promise<MadeKey> {
  const body = { name: "test", scopes, ...facts };
  return await bodyOf<MadeKey>(await owner.ask("/api-keys", { method: "POST", body }), 201);
}

/** Asks with a key. */
export const withKey = (service: TestService, { key }: Pick<MadeKey, "key">): Ask =>
  asking(service.request, { authorization: `Bearer ${key}` });
