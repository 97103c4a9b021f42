/// Where tool calls run: an unstructured task does not inherit its creator's preference, so the preference travels here.
package enum CallExecutor {
    /// The executor of the connection that is being served; `nil` means the global pool.
    @TaskLocal package static var current: (any TaskExecutor)?
}
