# The image of one app: docker build --build-arg APP=bird .
# `npm run image -- APP` does that with the name, the tag and the labels that the manifests expect.

# First and alone, so that a wrong name fails before anything is installed.
FROM node:26-slim AS source
ARG APP
WORKDIR /build
COPY src ./src
RUN test -n "$APP" && test -f "src/apps/$APP/main.ts" || { \
    echo "unknown app: got ${APP:-nothing}; allowed: $(cd src/apps && ls */main.ts | xargs -n 1 dirname | xargs); fix: --build-arg APP=NAME" >&2; \
    exit 1; \
  }

# The same for every app: it knows of the lockfile alone.
FROM node:26-slim AS packages
WORKDIR /build
COPY package.json package-lock.json ./
# No scripts: esbuild works without its own, and the package `node` would download the Node that is here already.
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM packages AS bundle
ARG APP
COPY --from=source /build/src ./src
RUN node src/tools/bundle.ts "$APP" /out/main.js

FROM node:26-slim
# What could install or run other code has no place beside a service.
RUN rm -rf /usr/local/lib/node_modules /opt/yarn* \
  /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg
WORKDIR /app
# One file of JavaScript, the native code of its packages where it has any, and the page where the app has one.
COPY --from=bundle /out ./
ENV NODE_ENV=production
# A number, as Kubernetes cannot tell from a name that it is not root.
USER 10001:10001
ENTRYPOINT ["node", "main.js"]
# Last, as they change with every commit; none says when it was built, so the same commit gives the same image.
ARG APP
ARG SOURCE=""
ARG REVISION=""
ARG VERSION=""
LABEL org.opencontainers.image.title="$APP" \
  org.opencontainers.image.source="$SOURCE" \
  org.opencontainers.image.revision="$REVISION" \
  org.opencontainers.image.version="$VERSION"
