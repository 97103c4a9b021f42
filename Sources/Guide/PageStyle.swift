/// The style of the connect page: system fonts, light and dark, from a phone to a wide screen.
///
/// Text has a contrast of 4.5 to 1 at least in both schemes, WCAG 2.2 criterion 1.4.3.
enum PageStyle {
    /// The style sheet, as it stands in the page.
    static let css: Markup = #"""
        :root {
          color-scheme: light dark;
          --ground: #f4f6f9; --surface: #ffffff; --well: #f6f8fb; --ink: #131a24; --muted: #525d6d; --line: #dbe1e9;
          --accent: #0b57c4; --accent-strong: #08459d; --on-accent: #ffffff; --glow: #dbe8fb; --good: #12693f;
          --shade: #131a2414;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #0d1117; --surface: #151b24; --well: #0f141b; --ink: #e7ecf3; --muted: #9ca8b8; --line: #2a3340;
            --accent: #85b8ff; --accent-strong: #a9cdff; --on-accent: #08182c; --glow: #16263f; --good: #6fd6a0;
            --shade: #00000066;
          }
        }
        * { box-sizing: border-box; }
        [hidden] { display: none !important; }
        html { scroll-behavior: smooth; scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
        @media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
        body {
          margin: 0; background: var(--ground); color: var(--ink);
          font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
        }
        h1, h2, p, ul, dl, dd, figure, pre { margin: 0; padding: 0; }
        ul { list-style: none; }
        a { color: var(--accent); text-underline-offset: .2em; }
        a:hover { color: var(--accent-strong); }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 6px; }
        code, pre { font: .875rem/1.65 ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "Liberation Mono", monospace; }
        .skip { position: absolute; left: -100vw; top: .5rem; z-index: 1; padding: .5rem 1rem; border-radius: 8px;
          background: var(--surface); }
        .skip:focus { left: 1rem; }
        .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
        .inner, .columns { max-width: 68rem; margin: 0 auto; padding: 0 clamp(1rem, 4vw, 2rem); }
        .banner { padding: clamp(2rem, 6vw, 4rem) 0 clamp(2rem, 5vw, 3rem); border-bottom: 1px solid var(--line);
          background: radial-gradient(60rem 26rem at 12% -20%, var(--glow), transparent 75%), var(--surface); }
        .banner .inner, .columns { display: grid; gap: 2rem clamp(2rem, 5vw, 4rem); grid-template-columns: minmax(0, 1fr); }
        @media (min-width: 58rem) { .banner .inner, .columns { grid-template-columns: minmax(0, 1fr) 19rem; } }
        .asks { align-self: center; }
        .asks h2 { color: var(--muted); font-size: .875rem; font-weight: 600; letter-spacing: 0; }
        .asks li { width: fit-content; margin-top: .75rem; padding: .6rem 1rem; border: 1px solid var(--line);
          border-radius: 16px 16px 16px 4px; text-wrap: balance; background: var(--surface); box-shadow: 0 1px 2px var(--shade); }
        .kind { display: flex; align-items: center; gap: .65rem; color: var(--muted); font-weight: 600; }
        .mark { flex: none; }
        .mark .tile { fill: var(--accent); }
        .mark .line { stroke: var(--on-accent); }
        .mark .play { fill: var(--on-accent); }
        .badge { padding: .1rem .6rem; border: 1px solid currentColor; border-radius: 99px; color: var(--good);
          font-size: .8125rem; }
        h1 { margin-top: .75rem; font-size: clamp(1.9rem, 1.4rem + 2.4vw, 2.75rem); line-height: 1.15;
          letter-spacing: -.02em; text-wrap: balance; }
        .lead { max-width: 40rem; margin-top: .75rem; color: var(--muted); font-size: 1.125rem; text-wrap: pretty; }
        .address { display: flex; align-items: center; gap: .75rem; max-width: 40rem; min-height: 3.25rem; margin-top: 1.75rem;
          padding: .5rem .5rem .5rem 1rem; border: 1px solid var(--line); border-radius: 12px; background: var(--well); }
        .address h2 { color: var(--muted); font-size: .875rem; font-weight: 600; }
        .address code { flex: 1; min-width: 0; overflow-wrap: anywhere; font-size: .9375rem; }
        .actions { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.25rem; }
        .button { display: inline-flex; align-items: center; gap: .5rem; min-height: 2.75rem; padding: .5rem 1.1rem;
          border: 1px solid var(--line); border-radius: 10px; background: var(--surface); color: var(--ink); font-weight: 600;
          text-decoration: none; }
        .button:hover { border-color: var(--accent); color: var(--accent-strong); }
        .primary, .primary:hover { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
        .primary:hover { border-color: var(--accent-strong); background: var(--accent-strong); }
        .columns { padding-top: 2rem; padding-bottom: 3rem; }
        .chips { display: flex; flex-wrap: wrap; gap: .5rem; }
        .chips a { display: block; padding: .35rem .9rem; border: 1px solid var(--line); border-radius: 99px;
          background: var(--surface); color: var(--ink); font-size: .9375rem; text-decoration: none; }
        .chips a:hover { border-color: var(--accent); color: var(--accent-strong); }
        section { padding-top: 2.25rem; }
        .heading { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: .25rem 1rem; }
        h2 { font-size: 1.25rem; line-height: 1.3; letter-spacing: -.01em; }
        .heading a { font-size: .875rem; }
        section p { max-width: 42rem; margin-top: .4rem; color: var(--muted); text-wrap: pretty; }
        .snippet { margin-top: 1rem; overflow: hidden; border: 1px solid var(--line); border-radius: 12px;
          background: var(--surface); }
        figcaption { display: flex; align-items: center; justify-content: space-between; gap: 1rem; min-height: 3rem;
          padding: .35rem .5rem .35rem 1rem; border-bottom: 1px solid var(--line); color: var(--muted); font-size: .875rem; }
        pre { padding: .9rem 1rem; background: var(--well); white-space: pre-wrap; overflow-wrap: anywhere; }
        .copy { flex: none; min-width: 5.25rem; min-height: 2rem; padding: .2rem .75rem; border: 1px solid var(--line);
          border-radius: 8px; background: var(--surface); color: var(--ink); font: inherit; font-size: .875rem; font-weight: 600;
          cursor: pointer; }
        .copy:hover { border-color: var(--accent); color: var(--accent-strong); }
        .copy[data-outcome] { border-color: currentColor; color: var(--good); }
        aside h2 { font-size: 1rem; }
        .tools, dl { margin: .75rem 0 2rem; border: 1px solid var(--line); border-radius: 12px; background: var(--surface); }
        .tools li { display: grid; padding: .6rem 1rem; }
        .tools li + li { border-top: 1px solid var(--line); }
        .tools span, dt { color: var(--muted); font-size: .875rem; line-height: 1.5; }
        dl { padding: .4rem 1rem 1rem; }
        dt { margin-top: .6rem; }
        dd { overflow-wrap: anywhere; }
        dd span { display: inline-block; margin-right: .75rem; white-space: nowrap; }
        dd code { font-size: .8125rem; }
        footer { border-top: 1px solid var(--line); color: var(--muted); font-size: .875rem; }
        footer .inner { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .5rem 2rem; padding-top: 1.5rem;
          padding-bottom: 2rem; }
        footer nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
        @media (max-width: 30rem) {
          .address { flex-wrap: wrap; gap: .25rem .75rem; padding: .5rem .5rem .75rem 1rem; }
          .address h2 { flex: 1; line-height: 2rem; }
          .address code { flex-basis: 100%; order: 1; }
          .button { flex: 1 1 100%; justify-content: center; }
        }
        @media (forced-colors: active) { .button, .copy, .badge { border-color: ButtonBorder; } }
        """#
}
