# The server as an image: built with the Swift image, run on slim Debian with no more than the libraries it asks for.
#
#   docker build --build-arg SOURCE_REVISION="$(git rev-parse HEAD)" -t databricks-jobs-mcp .
#   docker run --read-only --cap-drop=ALL --security-opt=no-new-privileges --env-file settings.env -p 8000:8000 IMAGE
#
# docs/install-container.md has the rest.
# The version is that of .swift-version.
ARG SWIFT_IMAGE=swift:6.3.1-bookworm
ARG RUNTIME_IMAGE=debian:bookworm-slim

# hadolint ignore=DL3006
FROM ${SWIFT_IMAGE} AS build
# Versions are left to the image's release, so that its security updates come in.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libcurl4-openssl-dev libssl-dev libsystemd-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src

# The dependencies, compiled with an empty file in the place of each target's sources: these layers stay as they are
# until Package.swift changes. The build's folder is kept as an archive, because layers round the times of files to
# seconds, and the build system would take every rounded file for a changed one.
COPY Package.swift ./
COPY Scripts/package/skeleton.sh Scripts/package/skeleton.sh
COPY Sources/CBuildInfo Sources/CBuildInfo
COPY Sources/CCurl Sources/CCurl
COPY Sources/COpenSSL Sources/COpenSSL
COPY Sources/CSystemd Sources/CSystemd
RUN Scripts/package/skeleton.sh make \
    && swift build -c release --static-swift-stdlib --product databricks-jobs-mcp \
    && Scripts/package/skeleton.sh remove \
    && tar --format=posix -cf build.tar .build \
    && rm -rf .build

COPY Scripts/common.sh Scripts/release.sh Scripts/
COPY Sources Sources
ARG SOURCE_REVISION=unknown
RUN tar -xf build.tar \
    && SOURCE_REVISION="${SOURCE_REVISION}" Scripts/release.sh -c release --static-swift-stdlib \
    && install -D .build/release/databricks-jobs-mcp /out/usr/bin/databricks-jobs-mcp \
    && install -d /out/usr/share/doc/databricks-jobs-mcp \
    && cat .build/checkouts/*/NOTICE.txt >/out/usr/share/doc/databricks-jobs-mcp/NOTICE
COPY LICENSE /out/usr/share/doc/databricks-jobs-mcp/

# hadolint ignore=DL3006
FROM ${RUNTIME_IMAGE}
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libcurl4 libssl3 libsystemd0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --home-dir / --no-create-home --shell /usr/sbin/nologin \
        databricks-jobs-mcp
COPY --from=build /out /

ARG SOURCE_REVISION=unknown
LABEL org.opencontainers.image.title="databricks-jobs-mcp" \
      org.opencontainers.image.description="MCP server for Azure Databricks Jobs; every call is made as the signed-in user" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.revision="${SOURCE_REVISION}"

# All interfaces: the port is published by the engine. The metrics stay on loopback unless METRICS_HOST says otherwise.
# Whoever balances load learns of a stop no sooner than the server, so requests are taken for a while.
# Swift's thread pool would complain, between the JSON lines of the log, that it may not change priorities.
ENV MCP_HOST=0.0.0.0 \
    MCP_DRAIN_SECONDS=5 \
    LIBDISPATCH_LOG=NO
EXPOSE 8000
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["/usr/bin/databricks-jobs-mcp", "healthcheck"]
ENTRYPOINT ["/usr/bin/databricks-jobs-mcp"]
CMD ["serve"]
