internal import Auth
internal import HTTPTransport
internal import Observability

extension Settings {
    /// How this server proves its identity to Entra ID: exactly one of the four ways (E-70).
    enum Credential: Sendable {
        /// `AZURE_CLIENT_SECRET`, or a file that may hold another one later.
        case secret(Secret, file: String?)
        /// `AZURE_CLIENT_CERTIFICATE_PATH`.
        case certificate(CertificateFile)
        /// `AZURE_USE_MANAGED_IDENTITY` with `AZURE_FEDERATED_TOKEN_FILE`: workload identity on AKS (E-112).
        case tokenFile(path: String)
        /// `AZURE_USE_MANAGED_IDENTITY` anywhere else; the client id is that of a user-assigned identity (E-111).
        case managedIdentity(ManagedIdentityEndpoint, clientID: GUID?)
    }
}

extension Settings.Credential {
    /// Reads the one credential that is configured; what is wrong with it, or with having several, is reported.
    ///
    /// - Parameters:
    ///   - reader: The environment.
    ///   - files: Secrets in files and systemd credentials, which count only when no variable is set.
    ///   - now: Seconds since 1970, for the certificate's validity.
    init?(reading reader: inout SettingsReader, files: SecretFiles, now: Int64 = TimeSource.system.wallSeconds()) {
        let usesIdentity = reader.boolean("AZURE_USE_MANAGED_IDENTITY", default: false)
        let certificate = reader.text("AZURE_CLIENT_CERTIFICATE_PATH")
        if let certificate {
            if usesIdentity {
                reader.report(
                    "AZURE_CLIENT_CERTIFICATE_PATH", "and AZURE_USE_MANAGED_IDENTITY are both set; keep one of them")
            }
            if let secret = Self.secretVariables.first(where: { reader.text($0, isSecret: true) != nil }) {
                reader.report("AZURE_CLIENT_CERTIFICATE_PATH", "and \(secret) are both set; keep one of them")
            }
            self.init(certificate: certificate, reading: &reader, now: now)
        } else if usesIdentity {
            self.init(identity: ManagedIdentityEnvironment(reading: reader, files: files), reading: &reader)
        } else {
            self.init(secret: &reader, files: files, now: now)
        }
    }

    private static let secretVariables = ["AZURE_CLIENT_SECRET", "AZURE_CLIENT_SECRET_FILE"]

    // MARK: - Certificate

    private init?(certificate path: String, reading reader: inout SettingsReader, now: Int64) {
        do throws(CertificateFile.Problem) {
            self = .certificate(try CertificateFile(path: path, now: now))
        } catch {
            reader.report("AZURE_CLIENT_CERTIFICATE_PATH", "names '\(path.excerpt)', which \(error)")
            return nil
        }
    }

    // MARK: - Managed identity

    private init?(identity environment: ManagedIdentityEnvironment, reading reader: inout SettingsReader) {
        let clientText = reader.text("AZURE_MANAGED_IDENTITY_CLIENT_ID")
        let client = reader.value("AZURE_MANAGED_IDENTITY_CLIENT_ID", from: clientText, parse: SettingRules.guid)
        do throws(ManagedIdentityRefusal) {
            switch try ManagedIdentitySource(detectedIn: environment) {
            case .tokenFile(let path): self = .tokenFile(path: path)
            case .endpoint(let endpoint): self = .managedIdentity(endpoint, clientID: client)
            }
        } catch {
            reader.report(error.variable, "\(error)")
            return nil
        }
    }

    // MARK: - Secret

    private init?(secret reader: inout SettingsReader, files: SecretFiles, now: Int64) {
        let direct = reader.text("AZURE_CLIENT_SECRET", isSecret: true)
        let file = reader.text("AZURE_CLIENT_SECRET_FILE")
        if direct != nil, file != nil {
            reader.report("AZURE_CLIENT_SECRET_FILE", "and AZURE_CLIENT_SECRET are both set; keep one of them")
        }
        if let direct {
            self = .secret(Secret(direct), file: nil)
        } else if let file {
            switch files.secret(at: file) {
            case .success(let text): self = .secret(Secret(text), file: file)
            case .failure(let problem):
                reader.report("AZURE_CLIENT_SECRET_FILE", "names '\(file.excerpt)', which \(problem.text)")
                return nil
            }
        } else {
            self.init(systemdCredential: &reader, files: files, now: now)
        }
    }

    /// What systemd hands over with `LoadCredential=`.
    private init?(systemdCredential reader: inout SettingsReader, files: SecretFiles, now: Int64) {
        let secret = files.credential("azure_client_secret").map { _ in "azure_client_secret" }
        let certificate = files.credential("azure_client_certificate")
        switch (secret, certificate) {
        case (_?, _?):
            reader.report(
                "AZURE_CLIENT_SECRET",
                "has two replacements, the systemd credentials azure_client_secret and azure_client_certificate; "
                    + "keep one of them")
            return nil
        case (let name?, nil):
            guard let path = files.path(ofCredential: name) else { return nil }
            switch files.secret(at: path) {
            case .success(let text): self = .secret(Secret(text), file: path)
            case .failure(let problem):
                reader.report("AZURE_CLIENT_SECRET", "comes from the systemd credential \(name), which \(problem.text)")
                return nil
            }
        case (nil, _?):
            guard let path = files.path(ofCredential: "azure_client_certificate") else { return nil }
            self.init(certificate: path, reading: &reader, now: now)
        case (nil, nil):
            reader.report("AZURE_CLIENT_SECRET", Self.nothingSet(reader))
            return nil
        }
    }

    private static func nothingSet(_ reader: SettingsReader) -> String {
        let advice =
            "is not set; set it, AZURE_CLIENT_SECRET_FILE, AZURE_CLIENT_CERTIFICATE_PATH or "
            + "AZURE_USE_MANAGED_IDENTITY=true, or use the systemd credential azure_client_secret"
        guard reader.text("AZURE_FEDERATED_TOKEN_FILE") != nil else { return advice }
        return "\(advice); AZURE_FEDERATED_TOKEN_FILE counts with AZURE_USE_MANAGED_IDENTITY=true only (E-112)"
    }
}

extension Settings.Credential {
    /// What works but is likely a mistake (E-70, E-111, E-156), or soon will not work.
    func warnings(_ reader: SettingsReader, now: Int64 = TimeSource.system.wallSeconds()) -> [SettingProblem] {
        switch self {
        case .secret(let secret, _):
            guard GUID(secret.revealed) != nil else { return [] }
            return [
                SettingProblem(
                    name: "AZURE_CLIENT_SECRET",
                    advice: "looks like the secret's id; Entra ID wants the secret's value (E-156)")
            ]
        case .certificate(let file):
            let days = file.daysLeft(at: now)
            guard days < CertificateCredential.warningDays else { return [] }
            return [
                SettingProblem(
                    name: "AZURE_CLIENT_CERTIFICATE_PATH",
                    advice: "names a certificate that expires in \(days) days; renew it")
            ]
        case .tokenFile: return Self.unusedSecret(reader)
        case .managedIdentity(_, let client):
            guard client == nil else { return Self.unusedSecret(reader) }
            return Self.unusedSecret(reader) + [
                SettingProblem(
                    name: "AZURE_MANAGED_IDENTITY_CLIENT_ID",
                    advice: "is not set; only user-assigned identities can be federated, so name yours by its client "
                        + "id (E-111)")
            ]
        }
    }

    private static func unusedSecret(_ reader: SettingsReader) -> [SettingProblem] {
        secretVariables.filter { reader.text($0, isSecret: true) != nil }.map {
            SettingProblem(name: $0, advice: "is not used, because AZURE_USE_MANAGED_IDENTITY is true (E-70)")
        }
    }

    /// What proves the server's identity from now on.
    ///
    /// - Parameters:
    ///   - signIn: The tenant and the application.
    ///   - transport: Asks the platform, if it is asked.
    /// - Returns: The credential.
    func makeCredential(for signIn: Settings.SignIn, transport: any HTTPSending) -> any ClientCredential {
        switch self {
        case .secret(let secret, let file):
            SecretCredential(
                secret, file: file.map { CredentialFile(path: $0, maximumBytes: SecretFiles.maximumBytes) })
        case .certificate(let file):
            CertificateCredential(file: file, clientID: signIn.clientID, endpoints: signIn.endpoints)
        case .tokenFile(let path): WorkloadIdentityCredential(path: path)
        case .managedIdentity(let endpoint, let client):
            ManagedIdentityCredential(
                endpoint: endpoint, identity: client, endpoints: signIn.endpoints, transport: transport)
        }
    }
}

extension ManagedIdentityEnvironment {
    /// The variables that the platform sets; read here and nowhere else (E-114).
    fileprivate init(reading reader: SettingsReader, files: SecretFiles) {
        self.init()
        identityEndpoint = reader.text("IDENTITY_ENDPOINT")
        identityHeader = reader.text("IDENTITY_HEADER", isSecret: true).map(Secret.init)
        identityServerThumbprint = reader.text("IDENTITY_SERVER_THUMBPRINT")
        imdsEndpoint = reader.text("IMDS_ENDPOINT")
        msiEndpoint = reader.text("MSI_ENDPOINT")
        msiSecret = reader.text("MSI_SECRET", isSecret: true).map(Secret.init)
        federatedTokenFile = reader.text("AZURE_FEDERATED_TOKEN_FILE")
        imdsHost = reader.text("AZURE_POD_IDENTITY_AUTHORITY_HOST")
        hasArcAgent = files.exists("/opt/azcmagent/bin/himds")
    }
}
