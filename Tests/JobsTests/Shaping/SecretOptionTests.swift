internal import HTTPTransport
internal import JSON
internal import Jobs
internal import MCP
internal import Testing

/// Credentials in command lines: what is behind an option that says so, and nothing else (P-82).
@Suite struct SecretOptionTests {
    private static let random = "q7Zt0Lw4Xn2Rb9Kd5Hs8"

    /// Arguments with a credential, the last of them, or the last one's value.
    private static let secret: [[String]] = [
        ["--password", "hunter2"], ["--password", "12345678"], ["--password", "a"], ["--password", "-hunter2"],
        ["--db-password", "x y z"], ["-password", "hunter2"], ["--PASSWORD", "hunter2"], ["--passwd", "hunter2"],
        ["--pwd", "hunter2"], ["--pass", "hunter2"], ["--passphrase", "open sesame"], ["--secret", "s3"],
        ["--client-secret", "sesame"], ["--client_secret", "sesame"], ["--token", "abcd"], ["--sas", "x"],
        ["--sas", "sv=2022-11-02&ss=b"], ["--sas-token", "abcdef"], ["--sas_token", "abcdef"],
        ["--secret-key", "abc"], ["--api-key", "abc"], ["--apikey", "abc"], ["--account-key", "abc=="],
        ["--access_key", "abc"], ["--credential", "abc"], ["--sig", random], ["--key", random], ["-p", random],
        ["--key", "0123456789abcdef0123456789abcdef"], ["--token=abcd"], ["--sas=x"], ["--pass=hunter2"],
        ["--sig=\(random)"], ["--key=\(random)"], ["--password=12345678"], ["--password=a=b"],
        ["--verbose", "--password", "hunter2"], ["run.py", "--env", "prod", "--sas", "abcdef"],
    ]

    /// Arguments without one.
    private static let harmless: [[String]] = [
        ["--key", "customer_id"], ["--key", "customerId2024Region"], ["--key", "orders/2024/part-0001"],
        ["--key", "0a1b2c3d-0000-4000-8000-000000000000"], ["--key=order_id"], ["--partition-key", "region"],
        ["-p", "8080"], ["-p", "/mnt/landing/orders"], ["-p", "prod"], ["--sig", "0.05"], ["--sig", "SIGTERM"],
        ["--password-file", "/run/secrets/x"], ["--token-limit", "4096"], ["--max-token", "4096"],
        ["--password", "{{secrets/scope/key}}"], ["--password={{secrets/scope/key}}"], ["--password", "${PW}"],
        ["--token", "--verbose"], ["--use-token", "true"], ["--sas=none"], ["--passes", "31 to 40"],
        ["--bypass", "steps"], ["--compass", "north-by-northwest"], ["--signal", "TERM"], ["--sasl", "PLAINTEXT"],
        ["password", "hunter"], ["--keys", "a_b_c"], ["--env", "prod"], ["--date=2026-02-02"],
        ["secret-santa", "north pole"],
    ]

    @Test("Masks what follows an option that says so, in lists of parameters", arguments: secret)
    func masks(_ arguments: [String]) async throws {
        let last = try #require(arguments.last)
        let option = last.hasPrefix("--") ? last.prefix { $0 != "=" } : ""
        let result = try await Self.arguments(arguments)
        #expect(Array(result.dropLast()) == Array(arguments.dropLast()))
        #expect(result.last == (option.isEmpty ? "[masked]" : "\(option)=[masked]"))
    }

    @Test("Leaves what follows any other", arguments: harmless)
    func leaves(_ arguments: [String]) async throws {
        #expect(try await Self.arguments(arguments) == arguments)
    }

    /// What `get_run` shows of a task's arguments; the same at every grade and beside a clean item.
    private static func arguments(_ arguments: [String]) async throws -> [String] {
        let list = JSONValue.array(arguments.map(JSONValue.string))
        let run: JSONValue = [
            "run_id": 1, "tasks": [["task_key": "a", "run_id": 2, "spark_python_task": ["parameters": list]]],
        ]
        let result = try await ToolBench(ScriptedTransport(run.description)).call("get_run", ["run_id": 1])
        let shown = try result.json["tasks"]?[0]?["spark_python_task"]?["parameters"]?.elements ?? []
        return shown.compactMap(\.string)
    }

    @Test(
        "Masks the same in messages, traces and logs",
        arguments: [
            ("spark-submit --password hunter2 app.py", "spark-submit --password [masked] app.py"),
            ("x --sas abc123def --env prod", "x --sas [masked] --env prod"),
            ("Command '['x', '--password', 'hunter2']' failed", "Command '['x', '--password', '[masked]']' failed"),
            (#"args ["--token", "abcd", "y"]"#, #"args ["--token", "[masked]", "y"]"#),
            (#"{\"args\": [\"--password\", \"hunter2\"]}"#, #"{\"args\": [\"--password\", \"[masked]\"]}"#),
            ("[--password, hunter2, --env, prod]", "[--password, [masked], --env, prod]"),
            ("--key=\(random) x", "--key=[masked] x"), ("--sig \(random)", "--sig [masked]"),
            ("--token=abcd x", "--token=[masked] x"), ("-p \"x\" --pass 'hunter'", "-p \"x\" --pass '[masked]'"),
        ])
    func text(_ text: String, _ expected: String) {
        #expect(SecretMask.masked(text) == expected)
        let isSuspicious = SecretMask.isSuspicious(text.utf8.span)
        #expect(isSuspicious)
    }

    @Test(
        "Leaves sentences and code about options alone",
        arguments: [
            "the argument --password is required", "--token must be given", "use --sas or --key customer_id",
            "error: unrecognized arguments: --password", "usage: x --token TOKEN --password PASSWORD",
            "run([\"x\", f\"--token={token}\"])", "--password={{secrets/a/b}}", "--key region --sig 0.05",
            "well-known-secret places", "--max-token 4096", "--password-file /run/x9", "a --pass through",
            "--token, --password and --key", "--token=dbutils.secrets.get(\"a\", \"b\")",
        ])
    func prose(_ text: String) {
        #expect(SecretMask.masked(text) == text)
    }

    @Test("A parameter whose name stands in `key` is masked by it, too")
    func keys() async throws {
        let run: JSONValue = [
            "run_id": 1,
            "tasks": [["task_key": "a", "run_id": 2, "environment": [["key": "api_token", "value": "open sesame"]]]],
        ]
        let result = try await ToolBench(ScriptedTransport(run.description)).call("get_run", ["run_id": 1])
        #expect(try result.json["tasks"]?[0]?["environment"]?[0]?["value"] == "[masked]")
    }
}
