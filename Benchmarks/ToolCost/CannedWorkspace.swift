internal import HTTPTransport
internal import JSON

/// A workspace that has its answers ready: what is left is the cost of our own work.
struct CannedWorkspace: HTTPSending {
    let answer: @Sendable (_ url: String) -> [UInt8]

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        HTTPResponse(status: 200, body: answer(request.url))
    }

    /// 20 jobs, about 8 KB, as a workspace lists them.
    static let jobs: [UInt8] = {
        let jobs = (0..<20).map { index in
            """
            {"job_id":\(412_345_678_901_000 + index),"creator_user_name":"ada@contoso.example","created_time":\
            \(1_767_225_600_000 + index * 60_000),"settings":{"name":"Nightly orders \(index)","description":"Loads \
            orders and checks them.","tags":{"team":"sales-data","env":"prod"},"format":"MULTI_TASK",\
            "max_concurrent_runs":1,"timeout_seconds":7200,"parameters":[{"name":"region","default":"emea"}],\
            "schedule":{"quartz_cron_expression":"0 15 2 * * ?","timezone_id":"Europe/Stockholm","pause_status":\
            "UNPAUSED"}}}
            """
        }
        return Array(#"{"jobs":[\#(jobs.joined(separator: ","))],"has_more":true,"next_page_token":"CAIQ9_qd4"}"#.utf8)
    }()

    /// A run of 250 tasks in three pages of at most 100, about 400 KB in all.
    static func run(page: Int) -> [UInt8] {
        let count = page < 2 ? 100 : 50
        let tasks = (0..<count).map { task(100 * page + $0) }
        let next = page < 2 ? #","next_page_token":"page\#(page + 1)""# : ""
        let head = """
            {"job_id":520113840226917,"run_id":520113840226918,"run_name":"Wide migration","run_type":"JOB_RUN",\
            "start_time":1769991300000,"end_time":1769994900000,"run_duration":3600000,"state":{"life_cycle_state":\
            "INTERNAL_ERROR","result_state":"FAILED","state_message":"Task migrate_9 failed."},"status":{"state":\
            "TERMINATED","termination_details":{"code":"RUN_EXECUTION_ERROR","type":"CLIENT_ERROR","message":"x"}},"tasks":[
            """
        return Array("\(head)\(tasks.joined(separator: ","))]\(next)}".utf8)
    }

    private static func task(_ number: Int) -> String {
        let failed = number % 100 == 9
        let (code, type) = failed ? ("RUN_EXECUTION_ERROR", "CLIENT_ERROR") : ("SUCCESS", "SUCCESS")
        let link =
            "https://adb-1234567890123456.7.azuredatabricks.net/?o=1234567890123456#job/520113840226917/run/\(number)"
        return """
            {"task_key":"migrate_\(number)","run_id":\(777_000_111_000_000 + number),"attempt_number":0,"depends_on":[\
            {"task_key":"migrate_\(max(0, number - 25))"}],"run_if":"ALL_SUCCESS","new_cluster":{"spark_version":\
            "16.4.x-scala2.12","node_type_id":"Standard_D4ds_v5","num_workers":2,"data_security_mode":"SINGLE_USER",\
            "spark_conf":{"spark.sql.shuffle.partitions":"200","spark.databricks.delta.preview.enabled":"true"},\
            "azure_attributes":{"availability":"SPOT_WITH_FALLBACK_AZURE","first_on_demand":1,"spot_bid_max_price":-1}},\
            "cluster_instance":{"cluster_id":"0202-021501-k3x9q2ab","spark_context_id":"7210034455667788990"},\
            "notebook_task":{"notebook_path":"/Workspace/Shared/migration/table","source":"WORKSPACE","base_parameters":\
            {"table":"raw.table_\(number)","mode":"overwrite","day":"2026-02-02"}},"email_notifications":{},\
            "libraries":[{"pypi":{"package":"orders==4.2.1"}},{"maven":{"coordinates":"com.contoso:etl:3.1"}}],\
            "timeout_seconds":0,"max_retries":2,"min_retry_interval_millis":15000,"retry_on_timeout":false,\
            "webhook_notifications":{},"notification_settings":{"no_alert_for_skipped_runs":false},\
            "start_time":1769991300000,"end_time":1769991610000,"setup_duration":190000,"execution_duration":118000,\
            "cleanup_duration":2000,"queue_duration":0,"state":{"life_cycle_state":"TERMINATED","result_state":\
            "\(failed ? "FAILED" : "SUCCESS")","state_message":"","user_cancelled_or_timedout":false},"status":{"state":\
            "TERMINATED","termination_details":{"code":"\(code)","type":"\(type)","message":""}},"run_page_url":"\(link)"}
            """
    }

    /// An output with a log of 5 MB, as the service sends it: every line break is an escape.
    static func output() -> [UInt8] {
        let line =
            "2026-02-02T00:15:00Z INFO  exporter: wrote part of table raw.orders, 120394 rows, checksum 9f8e7d\\n"
        var bytes = Array(#"{"logs":""#.utf8)
        bytes.reserveCapacity(5 << 20 + 4096)
        while bytes.count < 5 << 20 { bytes.append(contentsOf: line.utf8) }
        bytes.append(
            contentsOf:
                #"","logs_truncated":true,"metadata":{"run_id":5,"job_id":1,"state":{"life_cycle_state":"TERMINATED","result_state":"SUCCESS"}}}"#
                .utf8)
        return bytes
    }
}
