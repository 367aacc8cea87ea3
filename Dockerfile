# Elkhound in a container: built in one stage, run in another with nothing but what it needs.
FROM node:22.21.1-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json ./
COPY src ./src
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:22.21.1-bookworm-slim
ENV NODE_ENV=production ELKHOUND_HOME=/var/lib/elkhound
WORKDIR /opt/elkhound
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY bin ./bin
COPY public ./public
COPY LICENSE ./
COPY packaging/elkhound.yml /etc/elkhound/elkhound.yml
RUN install -d -o node -g node -m 0700 /var/lib/elkhound
USER node
VOLUME /var/lib/elkhound
EXPOSE 4600
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4600/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/opt/elkhound/bin/elkhound.js"]
CMD ["start", "--config", "/etc/elkhound/elkhound.yml"]
