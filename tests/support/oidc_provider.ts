/**
 * A certified OpenID provider, as a process of its own: everybody may sign in to it, under any name and with any password. It says
 * its address on its first line, and ends with its standard input.
 *
 * @module
 */

export const CLIENT = {
  OIDC_CLIENT_ID: "foliolens",
  OIDC_CLIENT_SECRET: "secret-of-the-client-0123456789-abcdefghijklmnop",
};

export interface OidcProvider extends AsyncDisposable {
  readonly issuer: string;
}

export interface OidcProviderOptions {
  readonly redirectUri: string;
  /** How far its clock is ahead. */
  readonly skewSeconds?: number;
}

export async function startOidcProvider({ redirectUri, skewSeconds = 0 }: OidcProviderOptions): Promise<OidcProvider> {
  const flags = [
    "--no-lock",
    "--quiet",
    "--no-check",
    "--allow-env",
    "--allow-read",
    "--allow-sys",
    "--allow-net=127.0.0.1",
  ];
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, new URL(import.meta.url).pathname, redirectUri, String(skewSeconds)],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const lines = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (!said.includes("\n")) {
    const { value, done } = await lines.read();
    if (done) throw new Error(`The provider did not start: ${said}`);
    said += value;
  }
  return {
    issuer: said.trim(),
    async [Symbol.asyncDispose]() {
      await process.stdin.close();
      await lines.cancel();
      await process.status;
    },
  };
}

/** `eve` says an address that nobody has verified. */
const claimsOf = (id: string) => ({
  ...{ sub: id, email: `${id}@example.com`, email_verified: id !== "eve", name: `${id} of Example` },
});

async function serve(redirectUri: string, skewSeconds: number): Promise<void> {
  const { now } = Date;
  Date.now = () => now() + skewSeconds * 1_000;
  const { default: Provider } = await import("oidc-provider");
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: CLIENT.OIDC_CLIENT_ID,
      client_secret: CLIENT.OIDC_CLIENT_SECRET,
      redirect_uris: [redirectUri],
    }],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    cookies: { keys: ["key-of-the-test"] },
    findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => claimsOf(id) }),
  });
  // What it says of itself is no line for whoever waits for the address.
  const { createServer } = await import("node:http");
  createServer(provider.callback()).listen(
    port,
    "127.0.0.1",
    () => Deno.stdout.writeSync(new TextEncoder().encode(`${issuer}\n`)),
  );
}

if (import.meta.main) {
  const [redirectUri = "", skewSeconds = "0"] = Deno.args;
  console.info = console.warn = () => {};
  await serve(redirectUri, Number(skewSeconds));
  for await (const _ of Deno.stdin.readable);
  Deno.exit(0);
}
