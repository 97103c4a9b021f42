/// The script of the connect page: it shows the copy buttons and makes them work, and nothing depends on it.
///
/// Browsers give `navigator.clipboard` to secure contexts only; elsewhere the text is selected for the reader to copy.
enum PageScript {
    /// The JavaScript, as it stands in the page.
    static let text: Markup = #"""
        "use strict";
        const status = document.getElementById("status");
        function select(element) {
          const range = document.createRange();
          range.selectNodeContents(element);
          getSelection().removeAllRanges();
          getSelection().addRange(range);
        }
        async function copy(element) {
          try {
            await navigator.clipboard.writeText(element.textContent);
            return "Copied";
          } catch {
            select(element);
            return "Selected";
          }
        }
        for (const button of document.querySelectorAll("button[data-copy]")) {
          let reset;
          button.hidden = false;
          button.addEventListener("click", async () => {
            const outcome = await copy(document.getElementById(button.dataset.copy));
            button.textContent = outcome;
            button.dataset.outcome = outcome.toLowerCase();
            status.textContent = outcome === "Copied" ? "Copied" : "Selected: copy it with the keyboard";
            clearTimeout(reset);
            reset = setTimeout(() => {
              button.textContent = "Copy";
              delete button.dataset.outcome;
              status.textContent = "";
            }, 2500);
          });
        }
        """#
}
