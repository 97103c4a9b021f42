/// Who exports: the attributes that all spans of a process share.
package struct TelemetryResource: Sendable {
    /// Names and values, in the order of the names.
    package let attributes: [(name: String, value: String)]
    /// The name of the instrumentation scope: this product.
    let scope = "databricks-jobs-mcp"
    /// The version of this product.
    let version: String

    /// - Parameters:
    ///   - serviceName: `OTEL_SERVICE_NAME`.
    ///   - version: The version of this product.
    ///   - instance: Names this process and no other.
    ///   - host: The host's name, if it is known.
    ///   - extras: `OTEL_RESOURCE_ATTRIBUTES`, which win.
    package init(
        serviceName: String, version: String, instance: String, host: String? = nil, extras: [String: String] = [:]
    ) {
        var values = [
            "service.name": serviceName, "service.version": version, "service.instance.id": instance,
            "telemetry.sdk.name": "databricks-jobs-mcp", "telemetry.sdk.language": "swift",
            "telemetry.sdk.version": version,
        ]
        values["host.name"] = host
        values.merge(extras) { $1 }
        attributes = values.map { (name: $0.key, value: $0.value) }.sorted { $0.name < $1.name }
        self.version = version
    }
}
