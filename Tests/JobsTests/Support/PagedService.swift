internal import HTTPTransport
internal import JSON
internal import TestSupport

/// A service with one long list, which it pages as the real one does: at most `limit` items, and a token if there are more.
struct PagedService: Sendable {
    /// `jobs` or `runs`.
    let list: String
    let items: [JSONValue]

    var transport: ScriptedTransport {
        ScriptedTransport { [self] request, _ in
            let query = Self.query(of: request.url)
            let start = query["page_token"].flatMap { Int($0.dropFirst()) } ?? 0
            let end = min(items.count, start + (query["limit"].flatMap(Int.init) ?? 20))
            var page: JSONObject = [:]
            page[list] = .array(Array(items[min(start, end)..<end]))
            page["has_more"] = .bool(end < items.count)
            if end < items.count { page["next_page_token"] = .string("t\(end)") }
            return .answer(200, JSONValue.object(page).description)
        }
    }

    static func query(of url: String) -> [String: String] {
        let pairs = url.split(separator: "?", maxSplits: 1).dropFirst().first?.split(separator: "&") ?? []
        return Dictionary(
            pairs.map { $0.split(separator: "=", maxSplits: 1).map(String.init) }.map { ($0[0], $0.last ?? "") },
            uniquingKeysWith: { $1 })
    }
}

/// Runs and jobs as the service sends them, of any size.
enum SampleItem {
    /// A run that failed, 1.1 KB with a message of 300 bytes.
    static func failedRun(_ id: Int64, message: String? = nil) -> JSONValue {
        let text =
            message ?? "Task load_\(id) failed with message: " + String(repeating: "the cause of it all, ", count: 12)
        return [
            "job_id": .integer(412_345_678_901_234), "run_id": .integer(id), "number_in_job": .integer(id),
            "creator_user_name": "ada@contoso.example", "run_name": "Nightly orders", "run_type": "JOB_RUN",
            "trigger": "PERIODIC", "start_time": 1_769_991_300_000, "end_time": 1_769_991_912_000,
            "setup_duration": 0, "execution_duration": 0, "cleanup_duration": 0, "run_duration": 612_000,
            "state": [
                "life_cycle_state": "INTERNAL_ERROR", "result_state": "FAILED", "state_message": .string(text),
                "user_cancelled_or_timedout": false,
            ],
            "status": [
                "state": "TERMINATED",
                "termination_details": [
                    "code": "RUN_EXECUTION_ERROR", "type": "CLIENT_ERROR", "message": .string(text),
                ],
            ],
            "run_page_url": .string(
                "https://adb-1234567890123456.7.azuredatabricks.net/?o=1234567890123456#job/1/run/\(id)"),
        ]
    }

    /// A job as an asset bundle makes it, 840 bytes.
    static func bundleJob(_ id: Int64, description: String = "Loads the orders of the day and checks them.")
        -> JSONValue
    {
        [
            "job_id": .integer(id), "creator_user_name": "deployer@contoso.example", "created_time": 1_767_225_600_000,
            "settings": [
                "name": .string("[prod] orders pipeline \(id)"), "description": .string(description),
                "email_notifications": ["on_failure": ["data-oncall@contoso.example"]], "timeout_seconds": 7200,
                "schedule": [
                    "quartz_cron_expression": "0 15 2 * * ?", "timezone_id": "Europe/Stockholm",
                    "pause_status": "UNPAUSED",
                ],
                "max_concurrent_runs": 1, "tags": ["team": "sales-data", "env": "prod"], "format": "MULTI_TASK",
                "parameters": [
                    ["name": "run_date", "default": "{{job.start_time.iso_date}}"],
                    ["name": "region", "default": "emea"],
                ],
                "queue": ["enabled": true],
                "run_as": ["service_principal_name": "0a1b2c3d-0000-4000-8000-000000000000"],
                "deployment": [
                    "kind": "BUNDLE", "metadata_file_path": "/Workspace/bundles/orders/prod/state/metadata.json",
                ],
                "edit_mode": "UI_LOCKED",
            ],
        ]
    }
}

/// Chance that is the same in every run of a test.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
