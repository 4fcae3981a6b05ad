/**
 * The cookies there are: of a session, of a sign-in that is under way, and of what the admin site says next.
 *
 * @module
 */
import { parse, serialize } from "hono/utils/cookie";

export interface Cookies {
  readonly session: Cookie;
  readonly signIn: Cookie;
  readonly notice: Cookie;
}

export interface Cookie {
  /** What a request brings along. */
  read(cookieHeader: string | null): string | null;
  /** The `Set-Cookie` header. */
  write(value: string, maxAgeSeconds: number): string;
  clear(): string;
}

/** On https their names bind them to this very host (RFC 6265bis, 4.1.3.2), which a browser refuses to do on http. */
export function cookiesFor(publicUrl: string): Cookies {
  const secure = publicUrl.startsWith("https:");
  const named = (name: string) => cookie(secure ? `__Host-${name}` : name, secure);
  return { session: named("foliolens"), signIn: named("foliolens-sign-in"), notice: named("foliolens-notice") };
}

function cookie(name: string, secure: boolean): Cookie {
  const write = (value: string, maxAge: number) =>
    serialize(name, value, { path: "/", httpOnly: true, sameSite: "Lax", secure, maxAge });
  return {
    read: (header) => header === null ? null : parse(header, name)[name] ?? null,
    write,
    clear: () => write("", 0),
  };
}
