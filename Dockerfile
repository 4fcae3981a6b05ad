FROM denoland/deno:2.9.6

WORKDIR /app
ENV DENO_NO_UPDATE_CHECK=1

# The packages are a layer of their own, made anew only when these two files change: first all, since that refuses what
# is not as deno.lock has it, then without those of tests and checks.
COPY deno.json deno.lock ./
RUN deno ci \
  && deno remove --lockfile-only @deno/kv @massive.com/client-js @redocly/cli @types/big.js @types/d3-hierarchy \
    @types/d3-scale @types/d3-shape @types/http-cache-semantics ajv axe-core fast-check http-cache-semantics \
    oidc-provider playwright-core yaml \
  && deno clean --quiet && deno ci

# Each by its name: these two files stay as they are now.
COPY LICENSE *.ts ./
COPY fixtures fixtures
COPY lib lib
COPY routes routes
COPY tasks tasks
# What runs later can write nothing but /data: so everything is compiled here.
RUN deno cache --frozen main.ts tasks/healthcheck.ts tasks/verify.ts tasks/backup.ts tasks/restore.ts tasks/import_bars.ts \
  && install -d -o deno -g deno -m 700 /data

USER deno
ENV HOST=0.0.0.0 PORT=8000 KV_URL=/data/foliolens.kv
VOLUME /data
EXPOSE 8000

HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD deno run --quiet --cached-only --allow-net=127.0.0.1 tasks/healthcheck.ts "http://127.0.0.1:${PORT}/readyz"

CMD ["run", "--quiet", "--cached-only", \
  "--allow-env=HOST,PORT,PUBLIC_URL,KV_URL,KV_ACCESS_TOKEN,DENO_KV_ACCESS_TOKEN,DENO_KV_DEFAULT_PATH,DENO_DEPLOY,ADMIN_API_KEY,ADMIN_EMAILS,OIDC_ISSUER,OIDC_CLIENT_ID,OIDC_CLIENT_SECRET,GITHUB_CLIENT_ID,GITHUB_CLIENT_SECRET,POLYGON_API_KEY,POLYGON_BASE_URL,POLYGON_CALLS_PER_MINUTE,POLYGON_HISTORY_YEARS,BARS_DIR,MARKET_TIME_ZONE,PULL_AT,JOBS_KEPT_DAYS,AUDIT_KEPT_DAYS,CORRECTIONS_KEPT_DAYS,RATE_LIMIT_PER_MINUTE,TRUST_PROXY,DEMO_DATA,LOG_LEVEL", \
  "--allow-net", \
  "--allow-read=./data,/data", \
  "--allow-write=./data,/data", \
  "main.ts"]
