internal import HTTPSyntax
internal import OpenSSL

/// The page that a person sees who opens the server's address in a browser: what this is, and how to connect to it.
///
/// Made once, from settings and never from a request (A-03). It loads nothing, sends nothing and has no form.
package struct ConnectPage: Sendable {
    /// The HTML document.
    package let html: Markup
    /// What the browser may do with it: show it, with exactly this style and this script.
    package let contentSecurityPolicy: String

    /// Renders the page.
    package init(_ facts: ServerFacts) {
        html = Self.document(facts, setups: ClientSetup.all(endpoint: facts.endpoint))
        contentSecurityPolicy = [
            "default-src 'none'", "style-src \(Self.source(of: PageStyle.css))",
            "script-src \(Self.source(of: PageScript.text))",
            // The icon in the head; nothing is fetched for it.
            "img-src data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
        ].joined(separator: "; ")
    }

    /// A hash source of CSP level 3 section 2.3.1.
    private static func source(of text: Markup) -> String {
        "'sha256-\(Base64.encode(SHA256.digest(text.description).bytes))'"
    }

    private static func document(_ facts: ServerFacts, setups: [ClientSetup]) -> Markup {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="robots" content="noindex">
        <title>\(facts.title) · MCP server</title>
        <link rel="icon" href="\(PageIcon.dataURL)">
        <style>\(PageStyle.css)</style>
        </head>
        <body>
        <a class="skip" href="#main">Skip to the instructions</a>
        \(banner(facts))
        <div class="columns">
        <main id="main">
        \(contents(setups))
        \(Markup(setups.map(section)))
        </main>
        \(sidebar(facts))
        </div>
        \(footer(facts))
        <p id="status" role="status" class="unseen"></p>
        <script>\(PageScript.text)</script>
        </body>
        </html>

        """
    }

    // MARK: - Parts

    private static func banner(_ facts: ServerFacts) -> Markup {
        """
        <header class="banner"><div class="inner"><div>
        <p class="kind">\(PageIcon.mark)<span>MCP server</span>\(facts.isReadOnly ? readOnlyBadge : "")</p>
        <h1>\(facts.title)</h1>
        <p class="lead">Ask your assistant which jobs ran\(facts.isReadOnly ? " and why one failed" : ", why one failed, or to start one"). \
        Every call is made as you: it reaches what your own permissions in Databricks allow, and nothing else.</p>
        <div class="address"><h2 id="address-label">Address</h2>
        <code id="address" aria-labelledby="address-label">\(facts.endpoint)</code>\(copyButton("address", "the address"))</div>
        <p class="actions">
        <a class="button primary" href="\(InstallLink.stable.url(endpoint: facts.endpoint))">\(PageIcon.install)Install in VS Code</a>
        <a class="button" href="\(InstallLink.insiders.url(endpoint: facts.endpoint))">VS Code Insiders</a>
        </p></div>
        \(questions(facts))
        </div></header>
        """
    }

    private static func questions(_ facts: ServerFacts) -> Markup {
        """
        <div class="asks"><h2>Try asking</h2>
        <ul>
        <li>Why did last night’s load fail?</li>
        <li>What is running right now?</li>
        <li>\(facts.isReadOnly ? "How often did the nightly load fail this week?" : "Start the nightly load again.")</li>
        </ul></div>
        """
    }

    private static let readOnlyBadge: Markup = #"<span class="badge">Read-only</span>"#

    private static func contents(_ setups: [ClientSetup]) -> Markup {
        let links = setups.map { setup -> Markup in ##"<li><a href="#\##(setup.id)">\##(setup.name)</a></li>"## }
        return #"<nav aria-label="Clients"><ul class="chips">\#(Markup(links))</ul></nav>"#
    }

    private static func section(_ setup: ClientSetup) -> Markup {
        let snippets = setup.snippets.enumerated().map { number, snippet in
            self.snippet(snippet, id: "\(setup.id)-\(number + 1)", of: setup.name)
        }
        return """
            <section id="\(setup.id)" aria-labelledby="\(setup.id)-title">
            <div class="heading"><h2 id="\(setup.id)-title">\(setup.name)</h2>
            <a href="\(setup.documentationURL)" rel="noreferrer">\(setup.name) documentation</a></div>
            <p>\(setup.note)</p>
            \(Markup(snippets))
            </section>
            """
    }

    private static func snippet(_ snippet: ClientSetup.Snippet, id: String, of client: String) -> Markup {
        """
        <figure class="snippet"><figcaption><span>\(snippet.place)</span>\
        \(copyButton(id, "\(snippet.place) for \(client)"))</figcaption>
        <pre><code id="\(id)">\(snippet.text)</code></pre></figure>
        """
    }

    /// Shown by the script: without it there would be nothing behind the button.
    private static func copyButton(_ id: String, _ what: String) -> Markup {
        #"<button type="button" class="copy" data-copy="\#(id)" aria-label="Copy \#(what)" hidden>Copy</button>"#
    }

    private static func sidebar(_ facts: ServerFacts) -> Markup {
        let tools = facts.tools.map { tool -> Markup in
            "<li><code>\(tool.name)</code><span>\(tool.summary)</span></li>"
        }
        let scopes = facts.scopes.map { scope -> Markup in "<dd><code>\(scope)</code></dd>" }
        let versions = facts.protocolVersions.map { version -> Markup in "<span>\(version)</span>" }
        return """
            <aside aria-label="About this server">
            <h2>Tools</h2>
            <ul class="tools">
            \(Markup(tools))
            </ul>
            <h2>For other clients</h2>
            <dl>
            <dt>Transport</dt><dd>Streamable HTTP</dd>
            <dt>Sign-in</dt><dd><code>\(facts.authorizationServer)</code></dd>
            <dt>Scope</dt>\(Markup(scopes))
            <dt>Protocol</dt><dd>\(Markup(versions))</dd>
            </dl>
            </aside>
            """
    }

    private static func footer(_ facts: ServerFacts) -> Markup {
        let documentation: Markup =
            if let address = facts.documentationURL {
                #"<a href="\#(address)" rel="noreferrer">Documentation</a>"#
            } else {
                ""
            }
        return """
            <footer><div class="inner"><span>\(facts.name) \(facts.version)</span>
            <nav aria-label="Further information">\(documentation)
            <a href="\(facts.metadataURL)">Sign-in metadata</a>
            <a href="https://modelcontextprotocol.io/" rel="noreferrer">About MCP</a></nav></div></footer>
            """
    }
}
