internal import Jobs

extension Settings {
    /// What callers may do with which jobs, and how much a result may hold.
    ///
    /// | Variable | Default | Meaning |
    /// | --- | --- | --- |
    /// | `MCP_READ_ONLY` | `false` | `true` hides `run_now` (P-88) |
    /// | `MCP_ALLOWED_JOBS` | empty, all jobs | the jobs that are available: ids, `name:PATTERN`, `tag:KEY=PATTERN` (P-88) |
    /// | `MCP_DENIED_JOBS` | empty | the jobs that are not, even if they are allowed (P-88) |
    /// | `MCP_JOB_RULES_COVER` | `run` | what both lists are about: `run`, starting jobs, or `all`, looking as well (P-88) |
    /// | `MCP_RESULT_KIB` | 16 | what a result weighs at most unless the caller asks for more, 8 to 64 (P-73) |
    struct Tools: Sendable {
        let guardRails: GuardRails
        let results: ResultLimits
    }
}

extension Settings.Tools {
    init(reading reader: inout SettingsReader) {
        var guardRails = GuardRails()
        guardRails.isReadOnly = reader.boolean("MCP_READ_ONLY", default: false)
        guardRails.allowed = Self.rules("MCP_ALLOWED_JOBS", reading: &reader)
        guardRails.denied = Self.rules("MCP_DENIED_JOBS", reading: &reader)
        guardRails.scope = reader.choice("MCP_JOB_RULES_COVER", default: .run)
        var results = ResultLimits()
        results.standard = reader.integer("MCP_RESULT_KIB", in: 8...64, default: 16) << 10
        (self.guardRails, self.results) = (guardRails, results)
    }

    /// Rules separated by commas; names have spaces.
    private static func rules(_ name: String, reading reader: inout SettingsReader) -> [JobRule] {
        reader.value(name, from: reader.text(name)) { text throws(SettingAdvice) in
            var rules: [JobRule] = []
            for entry in text.split(separator: ",").map({ String($0).trimmed }) where !entry.isEmpty {
                do throws(JobRule.Malformed) { rules.append(try JobRule(parsing: entry)) } catch {
                    throw SettingAdvice("\(error.advice), not '\(entry.excerpt)'")
                }
            }
            return rules
        } ?? []
    }
}
