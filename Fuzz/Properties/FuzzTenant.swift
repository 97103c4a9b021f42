internal import Auth
internal import JSON

/// The tenant whose tokens and keys the seeds are, at a time that stands still.
///
/// The private keys were used once, to sign the seeds, and are nowhere: what is accepted without being one of
/// ``validTokens`` is forged.
enum FuzzTenant {
    static let tenantID = "7b1c2d3e-0000-4000-8000-0000000000aa"
    static let clientID = "a1000000-0000-4000-8000-000000000001"
    static let issuer = "https://login.microsoftonline.com/7b1c2d3e-0000-4000-8000-0000000000aa/v2.0"
    /// Seconds since 1970.
    static let now: Int64 = 1_790_000_000

    /// The id of the key that signed ``validTokens``.
    static let keyID = "k-fuzz-a"
    /// Its modulus, 2048 bits.
    static let modulus = """
        xJQhQnWBWHfWfUL8x5ZrfZRRbTeNtsAsOptw7t2CEAZ0EWUleD1XKQcdeD7nX-YT7qgZSzrPL2BSsXy3aWg0xZr9rdAIdYPebJRj\
        ufUMgLhtV9SKCG1y-17cwbghcQEgPTxtM8KewuDbjkBKYdkmi9MuAqj-5Kxgv74K8SfKEb4b_LGQOECj6DfEMw-gj-im1wP6EbYi\
        38FjFQ7dfac3xaqR5t4vekVsGaoVRZUh-WZxB7TBwZnEispQWtLCqRIQBjnpVewe6rRmhCsb3LzexQ-WeItnjt8OXL9zcIyNu24r\
        pmYABDcyF_EAR895ngSc-3xn7qKPW4tQ1iTbLjK0QQ
        """
    /// Its exponent, 65537.
    static let exponent = "AQAB"

    /// Right in everything but that its key, `k-weak`, has 1024 bits (E-07).
    static let weakToken = """
        eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsImtpZCI6Imstd2VhayJ9.eyJhdWQiOiJhMTAwMDAwMC0wMDAwLTQwMDAtODAwMC0\
        wMDAwMDAwMDAwMDEiLCJpc3MiOiJodHRwczovL2xvZ2luLm1pY3Jvc29mdG9ubGluZS5jb20vN2IxYzJkM2UtMDAwMC00MDAwLTg\
        wMDAtMDAwMDAwMDAwMGFhL3YyLjAiLCJpYXQiOjE3OTAwMDAwMDAsIm5iZiI6MTc5MDAwMDAwMCwiZXhwIjoxNzkwMDA0NTEyLCJ\
        haW8iOiJBQVFBLXN0YW5kaW4iLCJhenAiOiJjMTAwMDAwMC0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDIiLCJhenBhY3IiOiI\
        wIiwibmFtZSI6IlRlc3QgUGVyc29uIiwib2lkIjoiMGQwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAzIiwicHJlZmV\
        ycmVkX3VzZXJuYW1lIjoicGVyc29uQGV4YW1wbGUudGVzdCIsInJoIjoiMS5BQUFBLXN0YW5kaW4iLCJzY3AiOiJqb2JzIiwic3V\
        iIjoicGFpcndpc2Utc3RhbmRpbi0wMDAxIiwidGlkIjoiN2IxYzJkM2UtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMGFhIiwidXR\
        pIjoic3RhbmRpblV0aTAwMDEiLCJ2ZXIiOiIyLjAifQ.LoSehuhbHcJT9Miwabb-W9Z-7gswEb5awy2wIfYd0AC1cKPm63WwaNQi\
        EF4ux8wr8ORSfsTzJGULFt0FMTbEO8S2NeVL6XdtVbZa6XWdL6TuTDEGr4lXt9Wpsvej7grq3S5c1A32bv_MGiZd9tHcVfeVd8ix\
        r72cGs-QAFW5dm0
        """

    /// The seeds that are accepted: a user's token with all claims and one with as few as possible.
    static let validTokens = [
        // An application with the role Jobs.Read (E-81).
        """
        eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsImtpZCI6ImstZnV6ei1hIn0.eyJhdWQiOiJhMTAwMDAwMC0wMDAwLTQwMDAtODAwMC0wMDAw\
        MDAwMDAwMDEiLCJpc3MiOiJodHRwczovL2xvZ2luLm1pY3Jvc29mdG9ubGluZS5jb20vN2IxYzJkM2UtMDAwMC00MDAwLTgwMDAtMDAwMDAw\
        MDAwMGFhL3YyLjAiLCJpYXQiOjE3OTAwMDAwMDAsIm5iZiI6MTc5MDAwMDAwMCwiZXhwIjoxNzkwMDA0NTEyLCJhaW8iOiJBQVFBLXN0YW5k\
        aW4iLCJhenAiOiJjMTAwMDAwMC0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDIiLCJhenBhY3IiOiIwIiwib2lkIjoiMGQwMDAwMDAtMDAw\
        MC00MDAwLTgwMDAtMDAwMDAwMDAwMDAzIiwicmgiOiIxLkFBQUEtc3RhbmRpbiIsInN1YiI6InBhaXJ3aXNlLXN0YW5kaW4tMDAwMSIsInRp\
        ZCI6IjdiMWMyZDNlLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDBhYSIsInV0aSI6InN0YW5kaW5VdGkwMDAxIiwidmVyIjoiMi4wIiwiaWR0\
        eXAiOiJhcHAiLCJyb2xlcyI6WyJKb2JzLlJlYWQiXX0.Vp3Mc3rIWVZErqJuMQ0R3aITSCJU-wgAnNIDSZYNP2ZGIS3twarg3QCZYzZlbTVM\
        f_UZcCUu0RE5LqlC0ja7HAM8b3-jE1tdvv7MD0r_j4DarwxPnlflNiU92nkIO4ne5Wd-4lmbYevkVjBGLCBK6zC4c1WkXItNPbXTMDjbMAzb\
        GAyJ3caabfy4HCWixbLp9PDVaAJr-3t8hzjMsLrYLI8078-orBJ2fVM5hAPGsJGzlRILuFaJa6QpAlHxREmt39zwZQdcI4dlyRKf8TStLOQJ\
        J1u7tT86GvS7TcM9Qb45JrwqL0WRepw4xjZDXjhL1h4PR8f3qtwSYjlD313Yqw
        """,
        """
        eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsImtpZCI6ImstZnV6ei1hIn0.eyJhdWQiOiJhMTAwMDAwMC0wMDAwLTQwMDAtODAw\
        MC0wMDAwMDAwMDAwMDEiLCJpc3MiOiJodHRwczovL2xvZ2luLm1pY3Jvc29mdG9ubGluZS5jb20vN2IxYzJkM2UtMDAwMC00MDAw\
        LTgwMDAtMDAwMDAwMDAwMGFhL3YyLjAiLCJpYXQiOjE3OTAwMDAwMDAsIm5iZiI6MTc5MDAwMDAwMCwiZXhwIjoxNzkwMDA0NTEy\
        LCJhaW8iOiJBQVFBLXN0YW5kaW4iLCJhenAiOiJjMTAwMDAwMC0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDIiLCJhenBhY3Ii\
        OiIwIiwibmFtZSI6IlRlc3QgUGVyc29uIiwib2lkIjoiMGQwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAzIiwicHJl\
        ZmVycmVkX3VzZXJuYW1lIjoicGVyc29uQGV4YW1wbGUudGVzdCIsInJoIjoiMS5BQUFBLXN0YW5kaW4iLCJzY3AiOiJqb2JzIiwi\
        c3ViIjoicGFpcndpc2Utc3RhbmRpbi0wMDAxIiwidGlkIjoiN2IxYzJkM2UtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMGFhIiwi\
        dXRpIjoic3RhbmRpblV0aTAwMDEiLCJ2ZXIiOiIyLjAifQ.Qk4h1q76no5fRtN7OhuNAsdCPdwyrqGx18dgFKj7Er-vhszVcGtYP\
        eFAiSMrmkH7_PHXwKvvkubFQkUm03le9bD98eZTjPTfz75NIvJ2HmekRbA-qo8xUeMlEqJ2IkLgeFX6sfqiKUwbCb8u57zbdDi9B\
        LFdEORY2Wow3eY0DyMfNibYRfb9dgS88GPdFxWp1rUxP4gsjEbddoiHSkzDfVCBD8ZK7BiRj6KOzhhBI8gqzduSKh_YoS5RE6Qht\
        2AA6F71aYPfGI0u_vxMY5U2UePR7uRG7PqckJocNvR0JMRG_j6lRAxg7o4f2Q29qLeJRADf9n2g2ro7MxOQ88iArw
        """,
        """
        eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsImtpZCI6ImstZnV6ei1hIn0.eyJhdWQiOiJhMTAwMDAwMC0wMDAwLTQwMDAtODAw\
        MC0wMDAwMDAwMDAwMDEiLCJpc3MiOiJodHRwczovL2xvZ2luLm1pY3Jvc29mdG9ubGluZS5jb20vN2IxYzJkM2UtMDAwMC00MDAw\
        LTgwMDAtMDAwMDAwMDAwMGFhL3YyLjAiLCJuYmYiOjE3OTAwMDAwMDAsImV4cCI6MTc5MDAwNDUxMiwiYXpwIjoiYzEwMDAwMDAt\
        MDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAyIiwib2lkIjoiMGQwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAzIiwi\
        c2NwIjoiam9icyIsInRpZCI6IjdiMWMyZDNlLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDBhYSIsInZlciI6IjIuMCJ9.tQP8I8Q\
        N26HWLPGUieAfAK-jHfc93LdugmYEO9SfIzpw7wf2UKxTLeu0kPvnt6W4Gc4bsWSINYT9cHucegu0Chk5la8CkjpbU6ETGdgAZZH\
        KGWyiALdAKSgwqn2xRhn1pQfD4Zu_X_1SFFlLROcTakYHpGYdtU2dtaUxovdEXAaRtMOF6pXQUY7ImZPVkWhoJisFO9YWpF-oorS\
        GRyvG3q6nsAgZlOXwoqX8OClrjIwQeLfQdzrw6M0B2RnGZFGYhdCQvXQ5LL4_6E0pCS_bUbx0huns01N5CqjDMC1RAIUT1iBzxvK\
        _-3Ug61pyCvK8rvS6-z1Q8QdLwrLTSUEoVw
        """,
    ]

    /// The key document that publishes the key.
    static let document = Array(
        #"{"keys":[{"kty":"RSA","use":"sig","kid":"\#(keyID)","n":"\#(modulus)","e":"\#(exponent)"}]}"#.utf8)

    /// A clock at ``now``; sleeping is the system's, for nothing here should wait.
    static let time: TimeSource = {
        let instant = ContinuousClock.now
        return TimeSource(
            wallSeconds: { now }, now: { instant }, sleep: { try await Task.sleep(for: $0) }, random: { 0.5 })
    }()

    /// - Returns: What the server demands with the settings of a new installation.
    static func policy() throws(Violation) -> TokenPolicy {
        let endpoints = try succeed("the tenant's endpoints") { try EntraEndpoints(tenantID: tenantID) }
        return TokenPolicy(endpoints: endpoints, clientID: try require(GUID(clientID), "the client id is a GUID"))
    }

    /// A cache of the keys in `document`, which is loaded if it can be.
    static func keys(_ document: [UInt8]) async -> JWKSCache {
        let keys = JWKSCache(time: time) { () throws(JWKSError) in try JWKSDocument(parsing: document) }
        await keys.load()
        return keys
    }

    /// A server's bearer layer over `keys`.
    static func authenticator(_ keys: JWKSCache) throws(Violation) -> BearerAuthenticator {
        let baseURL = try require(PublicURL("https://jobs-mcp.example.com"), "the base URL is one")
        let metadata = ProtectedResourceMetadata(
            baseURL: baseURL, authorizationServer: issuer, appIDURI: "api://\(clientID)", requiredScopes: ["jobs"])
        return BearerAuthenticator(
            policy: try policy(), keys: keys, metadata: metadata, verdictCapacity: 16, time: time)
    }
}
