/// The drawings of the connect page, as SVG: three bars and a mark for "run".
enum PageIcon {
    /// Beside the title.
    static let mark: Markup = """
        <svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">\
        <rect class="tile" width="32" height="32" rx="8"/>\
        <path class="line" d="M8 10.5h9M8 16h6M8 21.5h9" fill="none" stroke-width="2.4" stroke-linecap="round"/>\
        <path class="play" d="M18.5 11.6l7 4.4-7 4.4z"/></svg>
        """

    /// In the main button.
    static let install: Markup = """
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">\
        <path d="M8 2v8m0 0L4.7 6.7M8 10l3.3-3.3M2.5 13.5h11" fill="none" stroke="currentColor" stroke-width="1.7" \
        stroke-linecap="round" stroke-linejoin="round"/></svg>
        """

    /// In the browser's tab.
    static let dataURL: Markup = """
        data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E\
        %3Crect width='32' height='32' rx='8' fill='%230b57c4'/%3E\
        %3Cpath d='M8 10.5h9M8 16h6M8 21.5h9' fill='none' stroke='%23fff' stroke-width='2.4' stroke-linecap='round'/%3E\
        %3Cpath d='M18.5 11.6l7 4.4-7 4.4z' fill='%23fff'/%3E%3C/svg%3E
        """
}
