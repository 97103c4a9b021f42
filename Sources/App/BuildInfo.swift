internal import CBuildInfo

/// The identity of this build.
enum BuildInfo {
    /// Semantic version of the product.
    static let version = "0.1.0"
    /// What `version` prints.
    static let description = "databricks-jobs-mcp \(version)"
    /// What `BUILD_REVISION` named when this was built, else `unknown`.
    static let revision = unsafe String(cString: cbuildinfo_revision())

    /// The labels of ``MetricNames/buildInfo``.
    static let labels = [("version", version), ("revision", revision), ("swift_version", compiler)]

    /// The compiler's version; the language has no other way to ask than to compare.
    private static var compiler: String {
        #if compiler(>=6.5)
            "6.5 or later"
        #elseif compiler(>=6.4)
            "6.4"
        #else
            "6.3"
        #endif
    }
}
