# The platform, compiled, with what it needs at run time and nothing else. The version of Node.js is package.json's.
FROM node:24.21.0-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY ssot ssot
COPY platform platform
RUN npx --no-install tsc -p tsconfig.build.json
RUN cp -r platform/page dist/platform/page && find dist/platform/page \( -name '*.ts' -o -name tsconfig.json \) -delete

FROM node:24.21.0-slim AS parts
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=dev --no-audit --no-fund

FROM node:24.21.0-slim
WORKDIR /app
# A process that was broken into finds no package manager to fetch tools with.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn* /usr/local/bin/yarn*
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 OPERATIONS_HOST=0.0.0.0 OPERATIONS_PORT=9090
# Root's, so that the process cannot change its own code.
COPY --from=parts /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
USER node
EXPOSE 8080 9090
HEALTHCHECK --interval=5s --timeout=2s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Without a shell in between, so that SIGTERM reaches the platform itself.
CMD ["node", "--enable-source-maps", "dist/platform/main.js"]
