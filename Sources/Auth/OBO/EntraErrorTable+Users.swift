// Rows that the user, or an administrator for the user, can do something about.

extension EntraErrorTable {
    static let aboutTheSession: [Row] = [
        Row([50013, 500133], .reauthenticate, "Your sign-in to this server has expired. Sign in again."),
        Row([50027, 50006, 90016, 900384], .reauthenticate, "Your sign-in token is not usable. Sign in again."),
        Row([50173], .reauthenticate, "Your session was revoked. Sign in again."),
        Row(
            [50132, 50133, 50085, 50139, 50143, 50197, 51006], .reauthenticate,
            "Your session is no longer valid. Sign in again."),
        Row(
            [70043, 70008, 700082, 700084, 70000, 50089], .reauthenticate, "Your session expired. Sign in again."),
    ]

    static let aboutInteraction: [Row] = [
        Row([50076], .interact, "Databricks requires multi-factor sign-in. Sign in again and complete it."),
        Row([50078], .interact, "Your multi-factor sign-in is too old. Sign in again."),
        Row(
            [50079, 50072, 50074], .interact,
            "You must set up or complete multi-factor authentication, then sign in again."),
        Row([50158], .interact, "An additional sign-in step of your organisation is required."),
        Row([700020, 50058], .interact, "Entra wants to ask you something. Sign in again."),
        Row([50097, 50129], .interact, "Sign in from a device registered with your organisation."),
        Row([50055, 50144], .interact, "Your password has expired. Change it and sign in again."),
        Row(
            [50125, 50135], .interact, "You must change your password, or register how to reset it, then sign in again."
        ),
        Row([53004], .interact, "Complete your security registration, then sign in again."),
        Row([9_002_341], .interact, "You must agree to single sign-on. Sign in again."),
    ]

    /// Signing in again changes nothing here; each says who can.
    static let aboutPolicy: [Row] = [
        Row([50131], .denied, "A sign-in policy of your organisation blocks this."),
        Row([53000], .denied, "Your device does not meet your organisation's policy."),
        Row([53001], .denied, "Use a device managed by your organisation."),
        Row([53002], .denied, "Your organisation's policy does not approve this client."),
        Row([53003], .denied, "A conditional access policy blocks access to Databricks. Ask your administrator."),
        Row([53011], .denied, "Sign-in is blocked because of account risk."),
        Row([530032, 530034, 530035], .denied, "A security policy of your organisation blocks this."),
        Row(
            [530031], .denied,
            "An access policy of your organisation issues no token for Databricks. Ask your administrator."),
        Row(
            [53010], .denied,
            "Register your security information where your organisation allows it, then sign in again."),
    ]

    static let aboutTheDevice: [Row] = [
        Row(
            [530001], .denied,
            "Your organisation does not admit this browser or client. Sign in with one that it supports."),
        Row(
            [530002], .denied,
            "Your organisation wants a device that meets its rules. Have yours checked in its device management, then sign "
                + "in from it."),
        Row(
            [530003, 50005], .denied,
            "Your organisation wants a device that it manages. Sign in from such a device, or ask your administrator."),
        Row(
            [530004], .denied,
            "The directory of this server does not trust your organisation's devices. Ask an administrator of that "
                + "directory."),
        Row(
            [530021, 53009, 50127], .denied,
            "Your organisation admits only clients that it has approved. Use one of them, or ask your administrator."),
        Row(
            [700003, 135011, 130007, 130008], .denied,
            "Your organisation no longer knows your device, or has disabled it. Register it again, or ask your "
                + "administrator."),
        Row(
            [50155, 50187], .denied,
            "Your device could not prove what it is. Sign in from a registered one, or ask your administrator."),
    ]

    static let aboutTheAccount: [Row] = [
        Row([50105], .denied, "You are not assigned to this application. Ask your administrator."),
        Row([50057], .denied, "Your account is disabled."),
        Row(
            [500571], .denied,
            "Your guest account in this directory is disabled. Ask an administrator of the directory."
        ),
        Row(
            [50053], .denied,
            "Your account is locked, or your network's address is blocked. Wait some minutes, or ask your administrator."
        ),
        Row([50020, 50034], .denied, "Your account does not exist in this directory."),
        Row([90072], .denied, "Your account must be invited to this directory first."),
        Row(
            [50014, 51004, 16000, 16003, 500208], .denied,
            "Your account is not in this directory, or its invitation was not accepted. Ask an administrator to invite it."
        ),
        Row(
            [50177, 50178], .denied,
            "A policy of this directory asks for what an account of another organisation cannot do, or your account is no "
                + "guest here. Ask an administrator of the directory."),
        Row(
            [50002, 500021, 500022, 500212, 500213, 1_000_104, 90099], .denied,
            "Your organisation and this directory do not admit each other's accounts. Ask your administrator."),
        Row([50161, 50170], .denied, "A sign-in step of another provider is set up wrongly. Ask your administrator."),
        Row([50015, 54000], .denied, "Your account's age group may not use this. Ask your administrator."),
        Row([90093, 90123], .denied, "Entra may not issue a token for your account. Ask your administrator."),
        Row(
            [65001], .consent,
            "This server lacks permission to call Databricks for you. An administrator must grant consent."),
        Row([65004], .consent, "Consent was declined."),
        Row([90094, 90095, 90008], .consent, "An administrator must approve this application."),
    ]
}
