package import Observability

/// A Databricks access token of one user.
package struct AccessToken: Sendable, Equatable {
    /// The token: stands in the `Authorization` field of calls to Databricks and nowhere else.
    package let secret: Secret
    /// Names the token without revealing it, unique within the process: to discard this one and no newer (E-66).
    package let id: UInt64

    init(_ secret: Secret, id: UInt64) {
        self.secret = secret
        self.id = id
    }
}
