// Rows that the operator of this server, or nobody but time, can do something about.

extension EntraErrorTable {
    static let aboutTheRegistration: [Row] = [
        Row(
            [500131, 50010], .configuration, "The sign-in token was issued for another application.",
            remedy: "AZURE_CLIENT_ID must be the application that the inbound tokens are issued for."),
        Row(
            [650052, 650056, 650057, 65005], .configuration,
            "The app registration does not list the Databricks permission.",
            remedy: "Add the delegated permission AzureDatabricks/user_impersonation and grant admin consent."),
        Row(
            [650053], .configuration, "The requested scope does not exist.",
            remedy: "Clients must ask for the fully qualified scope of the metadata document."),
        Row(
            [500011, 50001, 650054], .configuration, "Azure Databricks is not known in this tenant.",
            remedy: "Use Azure Databricks once in this tenant, or correct AZURE_AUTHORITY_HOST."),
        Row(
            [500014], .configuration, "Azure Databricks is disabled in this tenant.",
            remedy: "Enable the enterprise application AzureDatabricks; a subscription of the tenant may have lapsed."),
        Row(
            [700016, 700011], .configuration, "Configuration error: application not found in tenant.",
            remedy: "Compare AZURE_CLIENT_ID and AZURE_TENANT_ID with the app registration; the client id of a managed "
                + "identity belongs into AZURE_MANAGED_IDENTITY_CLIENT_ID."),
        Row(
            [7_000_229], .configuration, "The application has no service principal in this tenant.",
            remedy: "Create it: az ad sp create --id $AZURE_CLIENT_ID; or correct AZURE_TENANT_ID."),
        Row(
            [70001, 7_000_112, 1_000_031], .configuration, "The server's application is disabled.",
            remedy: "Enable the enterprise application."),
        Row(
            [65002], .configuration, "AZURE_CLIENT_ID is an application of Microsoft's.",
            remedy: "Set AZURE_CLIENT_ID to an app registration of your own."),
        Row(
            [90002, 50059, 50128, 90019], .configuration, "Configuration error: tenant.",
            remedy: "Compare AZURE_TENANT_ID and AZURE_AUTHORITY_HOST with the tenant."),
        Row(
            [5_000_224, 5_000_225], .configuration, "The tenant is blocked.",
            remedy:
                "Microsoft blocks tenants that nobody uses; an administrator can ask for this one to be reactivated."),
        Row(
            [7_000_113, 7_000_114], .configuration, "Configuration error.",
            remedy: "An application's own token was exchanged On-Behalf-Of; this is a fault of the server, report it."),
        Row(
            [900382, 900432, 90038, 90043, 90051, 50049], .configuration, "Wrong cloud.",
            remedy: "AZURE_AUTHORITY_HOST must be that of the cloud of the tenant."),
        Row(
            [50003, 50146, 501461], .configuration, "The app registration wants a signing key of its own.",
            remedy: "Remove claims mapping and acceptMappedClaims from it: such an application cannot exchange tokens."),
        Row(
            [50124, 501241, 501621], .configuration, "The claims mapping of an application is set up wrongly.",
            remedy: "Look at the claims mapping policies of the app registration and of AzureDatabricks."),
        Row(
            [50042, 50043], .configuration, "The tenant cannot make identifiers for this application.",
            remedy: "Open a support ticket with Microsoft: the service principal lacks its salt."),
        Row(
            [501051], .denied, "This server's application is not assigned to Azure Databricks.",
            remedy: "AzureDatabricks has assignment required: assign this application to it, for machine callers only."),
    ]

    static let aboutTheCredential: [Row] = [
        Row(
            [7_000_215, 70002], .configuration, "Server credential rejected.",
            remedy: "AZURE_CLIENT_SECRET must be the secret's value, not its id.", cure: .newSecret),
        Row(
            [7_000_222], .configuration, "Server credential expired.",
            remedy: "Create a new client secret or certificate and configure it.", cure: .newSecret),
        Row(
            [7_000_218], .configuration, "Server credential missing.",
            remedy: "Configure AZURE_CLIENT_SECRET or another credential."),
        Row(
            [700025], .configuration, "Wrong application type.",
            remedy: "The app registration must not be a public client."),
        Row(
            [700024], .transient, "Server credential out of date.", remedy: "Check the clock of this machine.",
            cure: .freshAssertion),
        Row(
            [700027, 7_000_214, 7_000_274, 7_000_277, 1_000_502], .configuration, "Server certificate not accepted.",
            remedy: "Compare the certificate with the app registration's.", cure: .freshAssertion),
        Row(
            [50012, 50017, 700030], .configuration, "Server certificate not trusted.",
            remedy: "Upload the certificate itself to the app registration; its chain, subject or revocation list is "
                + "refused."),
        Row(
            [700021, 700023, 50048, 7_000_110], .configuration, "Server credential of another application.",
            remedy: "AZURE_CLIENT_ID and AZURE_AUTHORITY_HOST must be those that the credential was made for."),
        Row(
            [70021, 700211, 700212, 700213, 7_002_137, 7_002_138], .configuration,
            "Managed identity is not trusted by the app registration (or not yet propagated).",
            remedy: "Compare issuer, subject and audience of the federated credential; changes take minutes to apply.",
            cure: .newPlatformToken),
        Row(
            [700229], .configuration, "Wrong token used as server credential.",
            remedy: "Only an application's token may serve as federated credential."),
    ]

    static let aboutTheRequest: [Row] = [
        Row(
            [70011, 28002, 28003, 700022, 1_002_012], .configuration, "Configuration error: scope.",
            remedy: "Report this fault."),
        Row(
            [900144, 9_002_313, 90014, 70003, 90004, 90013, 90023, 90100, 90117, 90121, 240002], .configuration,
            "Internal error.", remedy: "Report this fault."),
        Row(
            [901002, 9_010_010], .configuration, "Client sent an unsuitable resource.",
            remedy: "Register the resource URL as identifier URI and set AZURE_APP_ID_URI to it."),
        Row(
            [90009], .configuration, "Client refreshed without scope.",
            remedy: "Use separate app registrations for client and server."),
        Row(
            [54005, 501481, 50011, 9_002_326, 9_002_327], .configuration,
            "The client's sign-in is not set up correctly.",
            remedy: "Check redirect URI and platform of the client's app registration."),
    ]

    static let aboutTheService: [Row] = [
        Row([90055], .throttled, "Entra is throttling this tenant."),
        Row(
            [50196], .throttled, "Too many repeated sign-in requests. Try again later.",
            remedy: "Entra detected a request loop of this server, which is a fault: report it.", isLoop: true),
        Row(
            [
                90006, 90024, 90033, 90090, 90012, 50033, 50087, 50000, 50086, 50166, 90036, 90091, 90092,
            ], .transient, "Entra is temporarily unavailable. Try again."),
    ]
}
