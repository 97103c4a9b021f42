extension MetricCatalogue {
    /// Tokens that come in, keys, tokens that go out.
    static let signIn: [MetricDescription] = [
        MetricDescription(
            MetricNames.tokenRejections, .counter, "Bearer tokens refused, by reason.",
            "`expired` is every day's; `audience` and `scope_missing` are a client that was set up wrongly; "
                + "`keys_unavailable` is ours. [Troubleshooting](troubleshooting.md) has each reason.",
            labels: [
                MetricDescription.Label(
                    "reason",
                    [
                        "malformed", "too_large", "jwe", "alg", "kid_unknown", "signature", "issuer", "tenant",
                        "audience", "expired", "not_yet_valid", "v1_token", "first_party_token", "id_token",
                        "scope_missing", "role_missing", "client_not_allowed", "guest", "keys_unavailable",
                        "invalid_request",
                    ])
            ]),
        MetricDescription(
            MetricNames.tokenAcceptances, .counter, "Bearer tokens accepted, by where the verdict came from.",
            "`checked` is a signature verified; `cached` a token seen before.",
            labels: [MetricDescription.Label("verdict", ["cached", "checked"])]),
        MetricDescription(
            MetricNames.tokenProofOfPossession, .counter, "Proof-of-possession tokens accepted as bearer tokens.",
            "The log names each client that sends them, once."),
        MetricDescription(
            MetricNames.jwksRefreshes, .counter, "Fetches of the signing keys, by outcome.",
            "No `success` for two hours: the way to Entra ID is blocked. Many in one hour: unknown key ids.",
            labels: [MetricDescription.Label("outcome", ["success", "unreachable", "status", "malformed"])]),
        MetricDescription(
            MetricNames.jwksLastSuccess, .gauge, "When the signing keys were last fetched.",
            "0 until the first time."),
        MetricDescription(
            MetricNames.jwksKeys, .gauge, "Signing keys held.", "0 before the first fetch: no token can be checked."),
        MetricDescription(
            MetricNames.jwksAge, .gauge, "Time since the signing keys were last fetched.",
            "About an hour at most in good times; at `JWKS_MAX_STALE` the server refuses all tokens. Absent before the "
                + "first fetch."),
        MetricDescription(
            MetricNames.oboExchanges, .counter, "On-Behalf-Of exchanges with Entra ID, by outcome.",
            "`configuration` needs an operator now; `transient` and `throttled` are Entra ID's; `reauthenticate`, "
                + "`interact`, `consent` and `denied` are the users' and their administrators'.",
            labels: [MetricDescription.Label("outcome", entraOutcomes)]),
        MetricDescription(
            MetricNames.oboExchangeDuration, .requestDurations, "Duration of On-Behalf-Of exchanges.",
            "With retries, at most 15 s; only a caller's first call and one an hour have one."),
        MetricDescription(
            MetricNames.oboCacheLookups, .counter, "Look-ups in the On-Behalf-Of token cache, by result.",
            "`hit` should be nearly all; `joined` waited for another caller's exchange; `refusal` was remembered "
                + "instead of asking again; `miss` started an exchange.",
            labels: [MetricDescription.Label("result", ["hit", "refusal", "miss", "joined"])]),
        MetricDescription(
            MetricNames.oboCacheEntries, .gauge, "Tokens and refusals in the On-Behalf-Of token cache.",
            "Counted once a minute; at most 10,000."),
        MetricDescription(
            MetricNames.applicationTokens, .counter,
            "Requests for this application's own Databricks token, by outcome.",
            "As `obo_exchanges_total`; one at the start, then about one an hour when applications call.",
            labels: [MetricDescription.Label("outcome", entraOutcomes)]),
        MetricDescription(
            MetricNames.managedIdentityRequests, .counter, "Requests for the managed identity's token, by outcome.",
            "Anything but `success` and `unavailable` is a fault in the set-up. Absent with another credential.",
            labels: [
                MetricDescription.Label(
                    "outcome",
                    [
                        "success", "identity_not_assigned", "unauthorized", "no_endpoint", "unavailable",
                        "unusable_answer", "unusable_file", "signing_failed", "too_slow",
                    ])
            ]),
        MetricDescription(
            MetricNames.serverCredentialReady, .gauge, "1 once the server's own credential was found good, else 0.",
            "Also 1 while Entra ID has said nothing about it, because it was busy or out of reach. Stays 1 once it was "
                + "accepted; always 1 with `ENTRA_SELF_CHECK=false`. A later fault shows in "
                + "`obo_exchanges_total{outcome=\"configuration\"}`."),
        MetricDescription(
            MetricNames.serverCredentialExpiry, .gauge,
            "When the certificate that proves the server's identity expires, in seconds since 1970.",
            "Of the certificate in use: a replaced file counts from the next request to Entra ID or the next reload. "
                + "Absent with another credential."),
    ]
}
