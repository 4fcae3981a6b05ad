/**
 * The user for whom a provider vouches: the one that it vouched for before, or a new one.
 *
 * @module
 */
import { stageAudit } from "../audit.ts";
import type { Context } from "../context.ts";
import { Problem } from "../problem.ts";
import type { Change } from "../store/change.ts";
import type { User } from "../store/users.ts";
import { SYSTEM } from "./actor.ts";
import { newId } from "./secret.ts";
import type { Recognised } from "./sign_in_provider.ts";

type RecognisingContext = Context & { readonly adminEmails: ReadonlySet<string> };

const MAX_NAME = 100;
const MAX_EMAIL = 254;
/** As long as OpenID Connect lets it be. */
const MAX_SUBJECT = 255;

/** Stages what the provider says of the user, whose id is answered. */
export async function stageRecognisedUser(
  ctx: RecognisingContext,
  change: Change,
  recognised: Recognised,
): Promise<string> {
  const { issuer, subject } = recognised;
  if (subject === "" || subject.length > MAX_SUBJECT || !subject.isWellFormed()) {
    throw new Problem("bad-gateway", "The provider's name for the user cannot be used");
  }
  const [identityId] = await ctx.identities.idsBy("subject", [[issuer, subject]]);
  if (identityId === undefined) return stageNewUser(ctx, change, recognised);
  const identity = await ctx.identities.getFresh(identityId);
  const user = identity && await ctx.users.getFresh(identity.value.userId);
  if (user === undefined || user.value.leavingSince !== null) {
    throw new Problem("conflict", "The account is being removed; sign in again in a moment");
  }
  const value = { ...user.value, email: emailOf(recognised), role: roleOf(ctx, recognised, user.value.role) };
  if (value.role !== user.value.role) stagePromotion(ctx, change, value, user.value.role);
  if (value.email === user.value.email && value.role === user.value.role) {
    change.check(["users", value.id], user.versionstamp);
  } else ctx.users.replace(change, user, { ...value, updatedAt: ctx.now().toISOString() });
  return value.id;
}

function stageNewUser(ctx: RecognisingContext, change: Change, recognised: Recognised): string {
  const at = ctx.now().toISOString();
  const user: User = {
    ...{ id: newId("usr"), email: emailOf(recognised), name: nameOf(recognised), leavingSince: null },
    ...{ role: roleOf(ctx, recognised, "user"), createdAt: at, updatedAt: at },
  };
  const { issuer, subject } = recognised;
  ctx.users.insert(change, user);
  ctx.identities.insert(change, { id: newId("idn"), issuer, subject, userId: user.id, createdAt: at });
  if (user.role !== "user") stagePromotion(ctx, change, user, "user");
  return user.id;
}

/** The configuration's doing. */
const stagePromotion = (ctx: Context, change: Change, { id, role }: User, before: User["role"]): Change =>
  stageAudit(ctx, change, SYSTEM, {
    ...{ action: "change role", userId: id, target: `/users/${id}` },
    ...{ before: { role: before }, after: { role } },
  });

/** Only a verified address makes an administrator. */
function roleOf(ctx: RecognisingContext, recognised: Recognised, present: User["role"]): User["role"] {
  const isNamed = recognised.isEmailVerified && ctx.adminEmails.has(inLowerCase(emailOf(recognised) ?? ""));
  return isNamed ? "administrator" : present;
}

/** Of ASCII alone: beyond it, letters that are not the same have the same small one. */
export const inLowerCase = (email: string): string => email.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());

const emailOf = ({ email }: Recognised): string | null =>
  email !== null && email.length <= MAX_EMAIL && email.isWellFormed() ? email : null;

function nameOf({ name, email }: Recognised): string {
  const given = name ?? email?.split("@")[0] ?? "";
  const text = given.toWellFormed().normalize("NFC").replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ").trim();
  return text.slice(0, MAX_NAME).toWellFormed() || "Somebody";
}
