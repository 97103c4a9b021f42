internal import JSON
internal import MCP
internal import Testing

@Suite struct ToolArgumentsTests {
    private static let definition = FixtureTool(
        "tool",
        [
            .integer("limit", in: 1...100, default: 20, "Limit."), .integer("offset", in: 0...Int64.max, "Offset."),
            .identifier("job_id", "Job."), .string("name", maximumLength: 5, "Name."),
            .string("token", minimumLength: 2, maximumLength: 4, "Token."),
            .boolean("active", default: false, "Active."),
            .choice("kind", ["A", "B"], default: "A", "Kind."), .stringMap("params", maximumCount: 2, "Parameters."),
            .stringList("list", maximumCount: 2, "List."),
        ]
    ) { _, _ in ToolResult(text: "", structured: []) }.definition

    private func check(_ arguments: String) throws -> ToolArguments {
        try ToolArguments(JSONDocument(parsing: Array(arguments.utf8), limits: .request).root, for: Self.definition)
    }

    private func violations(_ arguments: String) -> [String] {
        do { _ = try check(arguments) } catch let error as InvalidArguments { return error.violations } catch {
            return ["\(error)"]
        }
        return []
    }

    @Test(
        "Refuses with a rule and what was passed",
        arguments: [
            (#"{"limit":0}"#, "limit must be between 1 and 100 (got 0)"),
            (#"{"limit":101}"#, "limit must be between 1 and 100 (got 101)"),
            (#"{"limit":1e2}"#, nil), (#"{"limit":20.0}"#, nil),
            (#"{"limit":1.5}"#, "limit must be an integer (got 1.5)"),
            (#"{"limit":"20"}"#, "limit must be an integer (got a string)"),
            (#"{"limit":true}"#, "limit must be an integer (got a boolean)"),
            (#"{"limit":[]}"#, "limit must be an integer (got an array)"),
            (#"{"limit":{}}"#, "limit must be an integer (got an object)"),
            (#"{"limit":99999999999999999999}"#, "limit must be between 1 and 100 (got 99999999999999999999)"),
            (#"{"limit":9999999999999999999999999}"#, "limit must be between 1 and 100 (got a longer number)"),
            (#"{"limit":1e999}"#, "limit must be between 1 and 100 (got 1e999)"),
            (#"{"offset":-1}"#, "offset must be at least 0 (got -1)"), (#"{"offset":9223372036854775807}"#, nil),
            (#"{"job_id":1}"#, nil), (#"{"job_id":"9223372036854775807"}"#, nil),
            (
                #"{"job_id":0}"#,
                "job_id must be a positive integer up to 9223372036854775807, as a number or as a string (got 0)"
            ),
            (
                #"{"job_id":-5}"#,
                "job_id must be a positive integer up to 9223372036854775807, as a number or as a string (got -5)"
            ),
            (
                #"{"job_id":1.0}"#,
                "job_id must be a positive integer up to 9223372036854775807, as a number or as a string (got 1.0)"
            ),
            (
                #"{"job_id":"x"}"#,
                "job_id must be a positive integer up to 9223372036854775807, as a number or as a string (got a string)"
            ),
            (
                #"{"job_id":9223372036854775808}"#,
                "job_id must be a positive integer up to 9223372036854775807, as a number or as a string (got 9223372036854775808)"
            ),
            (#"{"name":""}"#, nil), (#"{"name":"12345"}"#, nil), (#"{"name":"😀😀😀😀😀"}"#, nil),
            (#"{"name":"123456"}"#, "name must have at most 5 characters (got 6)"),
            (#"{"name":7}"#, "name must be a string (got 7)"),
            (#"{"token":""}"#, "token must not be empty"),
            (#"{"token":"a"}"#, "token must have at least 2 characters (got 1)"),
            (#"{"active":"true"}"#, "active must be true or false (got a string)"),
            (#"{"active":0}"#, "active must be true or false (got 0)"),
            (#"{"kind":"B"}"#, nil), (#"{"kind":"C"}"#, "kind must be one of A, B (got another string)"),
            (#"{"kind":1}"#, "kind must be one of A, B (got 1)"), (#"{"params":{"a":1,"b":true}}"#, nil),
            (#"{"params":[]}"#, "params must be an object of strings (got an array)"),
            (#"{"params":{"a":null}}"#, "params has a member a that must be a string (got null)"),
            (#"{"params":{"a":{}}}"#, "params has a member a that must be a string (got an object)"),
            (#"{"params":{"a":"1","b":"2","c":"3"}}"#, "params must have at most 2 members (got 3)"),
            (#"{"list":["a","b"]}"#, nil), (#"{"list":"a"}"#, "list must be an array of strings (got a string)"),
            (#"{"list":["a",1]}"#, "list has an element 2 that must be a string (got 1)"),
            (#"{"list":["a","b","c"]}"#, "list must have at most 2 elements (got 3)"),
            (#"{"colour":"red"}"#, "colour is not a known argument"),
            (#"{"Limit":1}"#, "Limit is not a known argument"),
            (#"{"\u001b[31m":1}"#, "?[31m is not a known argument"),
            (#"{"limit":null,"job_id":null,"name":null}"#, nil),
        ] as [(String, String?)])
    func refuses(_ arguments: String, _ violation: String?) {
        #expect(violations(arguments) == (violation.map { [$0] } ?? []))
    }

    @Test("Decodes what it accepts")
    func decodes() throws {
        let all = try check(
            #"{"limit":2e1,"offset":5,"job_id":"9007199254740993","name":"n","token":"ab","active":true,"kind":"B","params":{"z":"s","a":1.50},"list":["x","y"]}"#
        )
        #expect(
            all.integer("limit") == 20 && all.integer("offset") == 5 && all.integer("job_id") == 9_007_199_254_740_993)
        #expect(all.string("name") == "n" && all.string("token") == "ab" && all.string("kind") == "B")
        #expect(all.boolean("active") == true && all.stringList("list") == ["x", "y"])
        #expect(
            all.stringMap("params")?.map(\.name) == ["z", "a"]
                && all.stringMap("params")?.map(\.value) == ["s", "1.50"])
        #expect(all.string("limit") == nil && all.integer("name") == nil && all.integer("missing") == nil)
    }

    @Test("Defaults stand for what is absent")
    func defaults() throws {
        for arguments in [try check("{}"), try ToolArguments(nil, for: Self.definition)] {
            #expect(
                arguments.integer("limit") == 20 && arguments.boolean("active") == false
                    && arguments.string("kind") == "A")
            #expect(arguments.integer("offset") == nil && arguments.stringMap("params") == nil)
        }
    }

    @Test(
        "Knows which ids a client in JavaScript may have rounded (D-10)",
        arguments: [
            (#"{"job_id":9007199254740992}"#, true), (#"{"job_id":"9007199254740992"}"#, false),
            (#"{"job_id":9007199254740991}"#, false), ("{}", false),
        ])
    func rounding(_ arguments: String, _ mayBeRounded: Bool) throws {
        #expect(try check(arguments).mayBeRounded("job_id") == mayBeRounded)
    }

    @Test("Reports all violations of a call, up to 20 (TC-08)")
    func all() throws {
        #expect(violations(#"{"limit":0,"name":7,"x":1,"y":2}"#).count == 4)
        let many = (0..<25).map { "\"x\($0)\":1" }.joined(separator: ",")
        let error = #expect(throws: InvalidArguments.self) { try check("{\(many)}") }
        #expect(
            error?.callerMessage.contains("x19 is not a known argument; and 5 more. Known arguments: limit, ") == true)
        #expect(error?.operatorMessage == "25 invalid arguments for tool")
    }

    @Test("Required arguments", arguments: ["{}", #"{"job_id":null}"#])
    func required(_ arguments: String) throws {
        let element = try JSONDocument(parsing: Array(arguments.utf8), limits: .request).root
        let error = #expect(throws: InvalidArguments.self) {
            try ToolArguments(element, for: Fixture.runNow.definition)
        }
        #expect(error?.violations == ["job_id is required"])
    }

    @Test("The input schema expresses every bound (TL-05)")
    func schema() throws {
        let properties = try #require(Self.definition.inputSchema["properties"])
        #expect(
            properties["job_id"] == [
                "anyOf": [["type": "integer", "minimum": 1], ["type": "string", "pattern": "^[1-9][0-9]{0,18}$"]],
                "description": "Job.",
            ])
        #expect(properties["token"] == ["type": "string", "minLength": 2, "maxLength": 4, "description": "Token."])
        #expect(properties["active"] == ["type": "boolean", "default": false, "description": "Active."])
        #expect(properties["kind"] == ["type": "string", "enum": ["A", "B"], "default": "A", "description": "Kind."])
        #expect(
            properties["params"] == [
                "type": "object", "additionalProperties": ["type": "string"], "maxProperties": 2,
                "description": "Parameters.",
            ])
        #expect(
            properties["list"] == [
                "type": "array", "items": ["type": "string"], "maxItems": 2, "description": "List.",
            ])
    }
}
