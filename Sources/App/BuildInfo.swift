internal import CBuildInfo

/// The identity of this build.
enum BuildInfo {
    /// Semantic version of the product.
    static let version = "0.1.0"
    /// The commit, `-dirty` if the tree differed from it; `development` for builds other than `make release`.
    static let revision = unsafe String(cString: build_info_revision())
    /// What `version` prints.
    static let description = "databricks-jobs-mcp \(version) (revision \(revision), Swift \(swiftVersion))"
    /// The labels of `databricks_jobs_mcp_build_info`.
    static let labels = [("version", version), ("revision", revision), ("swift_version", swiftVersion)]

    // The compiler tells its version in conditions only. One newer than the last of them is named by what is known
    // of it, which is why that text ends in a plus sign.
    #if compiler(>=6.4)
        static let swiftVersion = "6.4+"
    #elseif compiler(>=6.3.4)
        static let swiftVersion = "6.3.4+"
    #elseif compiler(>=6.3.3)
        static let swiftVersion = "6.3.3"
    #elseif compiler(>=6.3.2)
        static let swiftVersion = "6.3.2"
    #elseif compiler(>=6.3.1)
        static let swiftVersion = "6.3.1"
    #else
        static let swiftVersion = "6.3"
    #endif
}
