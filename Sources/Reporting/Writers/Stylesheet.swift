/// The look of all pages: a narrow measure for reading, quiet labels in the margin, tabular numbers.
enum Stylesheet {
  static let css: HTML = """
    :root {
      color-scheme: light dark;
      --paper: #fff; --ink: #1f2328; --quiet: #656d76; --faint: #f5f6f8; --line: #dde1e6;
      --accent: #0072b2; --good: #00714f; --bad: #b3400a; --warn: #8a5a00;
      --mono: ui-monospace, "SF Mono", "Cascadia Code", "JetBrains Mono", Menlo, Consolas,
        "DejaVu Sans Mono", monospace;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #15181c; --ink: #e2e5e9; --quiet: #98a1ab; --faint: #1d2126; --line: #31373e;
        --accent: #63b3e4; --good: #4fc49a; --bad: #f0905a; --warn: #dfb04c;
      }
    }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
    body {
      margin: 0 auto; padding: 3.5rem 1.5rem 5rem; max-width: 49rem;
      background: var(--paper); color: var(--ink); overflow-wrap: break-word;
      font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
    }
    h1, h2, h3, h4, h5, h6 { line-height: 1.25; margin: 2.2em 0 .6em; font-weight: 650; text-wrap: balance; }
    h1 { font-size: 2.1rem; margin: .15em 0 .5em; letter-spacing: -.015em; }
    h2 { font-size: 1.4rem; letter-spacing: -.008em; }
    h3 { font-size: 1.12rem; }
    h4, h5, h6 { font-size: 1rem; }
    p, ul, ol, dl, table, pre, figure, blockquote { margin: 0 0 1.1rem; }
    .output > :first-child, .prose > :first-child { margin-top: 0; }
    .output > :last-child, .prose > :last-child { margin-bottom: 0; }
    a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: .18em; }
    blockquote {
      margin-left: 0; padding-left: 1.1rem; border-left: 3px solid var(--line); color: var(--quiet);
    }
    hr { border: 0; border-top: 1px solid var(--line); margin: 2rem 0; }
    code, pre { font-family: var(--mono); font-size: .86em; font-variant-ligatures: none; }
    :not(pre) > code { background: var(--faint); border-radius: 4px; padding: .12em .35em; }
    pre {
      background: var(--faint); border-radius: 8px; padding: .85rem 1.05rem; line-height: 1.5;
      overflow-x: auto; tab-size: 2; font-size: .83rem;
    }
    pre code { font-size: inherit; }

    .skip { position: absolute; left: -99rem; }
    .skip:focus { left: 1rem; top: 1rem; padding: .4rem .8rem; background: var(--paper); }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; }
    main:focus { outline: none; }
    .masthead { margin-bottom: 3rem; }
    .run { margin: 0; color: var(--quiet); font-size: .92rem; }
    .run .name { font-family: var(--mono); font-size: .9em; margin-right: .35em; }
    .status {
      font-size: .78rem; padding: .1em .6em .14em; border-radius: 1em; border: 1px solid currentColor;
    }
    .finished { color: var(--good); }
    .failed { color: var(--bad); }
    .interrupted, .running, .skipped { color: var(--warn); }
    .facts {
      display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 1.2rem 0 0; padding-top: 1rem;
      border-top: 1px solid var(--line);
    }
    .facts dt { color: var(--quiet); font-size: .8rem; }
    .facts dd { margin: 0; font-variant-numeric: tabular-nums; }

    .cell { margin: 0 0 2.6rem; }
    .label { margin: 0 0 .5rem; color: var(--quiet); font-size: .82rem; line-height: 1.45; }
    .label b { font-weight: 600; color: var(--accent); }
    .label .time { font-variant-numeric: tabular-nums; }
    .label .time::before { content: "· "; }

    .scroll { overflow-x: auto; margin-bottom: 1.1rem; }
    .scroll table { margin: 0; }
    table {
      border-collapse: collapse; font-size: .92rem; line-height: 1.4;
      font-variant-numeric: tabular-nums lining-nums;
    }
    caption {
      caption-side: bottom; text-align: left; color: var(--quiet); font-size: .86rem; padding-top: .6rem;
    }
    th {
      text-align: left; font-weight: 600; color: var(--quiet); font-size: .84rem;
      border-bottom: 1px solid var(--quiet); vertical-align: bottom;
    }
    td { border-bottom: 1px solid var(--line); vertical-align: top; }
    th, td { padding: .42rem 1.4rem .42rem 0; }
    th:last-child, td:last-child { padding-right: 0; }
    .prose table { display: block; overflow-x: auto; }
    .prose td code { overflow-wrap: anywhere; }
    .right { text-align: right; }
    .center { text-align: center; }

    figure img {
      display: block; max-width: 100%; height: auto; background: #fff; border: 1px solid var(--line);
      border-radius: 8px;
    }
    figcaption { margin-top: .55rem; color: var(--quiet); font-size: .88rem; line-height: 1.45; }

    details { margin-bottom: 1.1rem; }
    summary { color: var(--quiet); font-size: .82rem; cursor: pointer; width: fit-content; }
    details pre { margin: .5rem 0 0; }
    .metrics { display: flex; flex-wrap: wrap; gap: .8rem 2.6rem; }
    .metrics dt { color: var(--quiet); font-size: .84rem; }
    .metrics dd {
      margin: 0; font-size: 1.6rem; line-height: 1.25; font-variant-numeric: tabular-nums;
      letter-spacing: -.01em;
    }
    .metrics small { font-size: .8rem; color: var(--quiet); letter-spacing: 0; margin-left: .25em; }

    .checks, .hashes { list-style: none; padding: 0; }
    .checks li { margin-bottom: .35rem; color: inherit; }
    .checks .mark { display: inline-block; min-width: 5.2em; font-size: .9rem; font-weight: 600; }
    .checks .passed .mark { color: var(--good); }
    .checks .failed .mark { color: var(--bad); }
    .found { color: var(--quiet); font-size: .9rem; font-variant-numeric: tabular-nums; margin-left: .4em; }
    .hashes li { margin-bottom: .6rem; }
    .hashes code {
      background: none; padding: 0; color: var(--quiet); font-size: .78rem; overflow-wrap: anywhere;
    }

    .remark { border-left: 3px solid var(--accent); padding: .15rem 0 .15rem 1rem; white-space: pre-line; }
    .remark b { font-weight: 600; color: var(--accent); margin-right: .35em; }
    .remark.warning { border-color: var(--warn); }
    .remark.warning b { color: var(--warn); }
    .remark.error { border-color: var(--bad); }
    .remark.error b { color: var(--bad); }

    .provenance { margin-top: 4rem; padding-top: 1px; border-top: 1px solid var(--line); font-size: .95rem; }
    .provenance h3 { margin: 1.8em 0 .5em; font-size: 1rem; }
    .list { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.6rem; }
    .list dt { color: var(--quiet); }
    .list dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }

    th[data-column] { cursor: pointer; user-select: none; white-space: nowrap; }
    th[aria-sort]::after { content: " ↑"; }
    th[aria-sort=descending]::after { content: " ↓"; }
    tbody tr:hover td { background: color-mix(in srgb, var(--faint) 70%, transparent); }
    .index { max-width: 78rem; }
    .index .masthead { margin-bottom: 1.6rem; }
    .index h2 { margin: 2em 0 .6em; }
    .index .run + .scroll { margin-top: .8rem; }
    .compared th[data-column] { white-space: normal; }
    .compared td.right, .compared td:first-child { white-space: nowrap; }
    .compared td:last-child { min-width: 8rem; }
    .compared td.right:last-child { min-width: 0; }
    .good { color: var(--good); }
    .bad { color: var(--bad); }
    .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(34rem, 100%), 1fr)); gap: 1.4rem; }
    .figures figure { margin: 0; }
    .figures figure.wide img { max-width: 100%; }

    @media (min-width: 66rem) {
      body:not(.index) { max-width: 58.5rem; }
      body:not(.index) .masthead, body:not(.index) .provenance { margin-left: 9.5rem; }
      .cell { display: grid; grid-template-columns: 8rem minmax(0, 46rem); column-gap: 1.5rem; }
      .output { grid-column: 2; min-width: 0; }
      .label { text-align: right; padding-top: .22rem; overflow-wrap: anywhere; }
      .label b, .label span { display: block; }
      .label .time::before { content: ""; }
      .label .status { display: inline-block; margin-top: .3rem; }
    }
    @media (min-width: 76rem) {
      figure.wide img { max-width: calc(100% + 7rem); }
    }
    @media (prefers-color-scheme: dark) {
      figure img { border-color: transparent; filter: brightness(.93); }
    }
    @media (max-width: 34rem) {
      body { padding: 1.6rem 1rem 3rem; }
      h1 { font-size: 1.65rem; }
      .list { grid-template-columns: 1fr; gap: 0; }
      .list dd { margin-bottom: .5rem; }
    }
    @media print {
      :root {
        --paper: #fff; --ink: #000; --quiet: #444; --faint: #f4f4f4; --line: #ccc;
        --accent: #00507d; --good: #00583e; --bad: #8c3000; --warn: #6b4600; color-scheme: light;
      }
      @page { margin: 2cm 1.8cm; }
      body { max-width: none; padding: 0; font-size: 10pt; }
      body:not(.index) .masthead, body:not(.index) .provenance { margin-left: 0; }
      .cell { display: block; }
      .label { text-align: left; }
      .label b, .label span { display: inline; }
      .skip, details:not([open]) { display: none; }
      pre { white-space: pre-wrap; overflow-wrap: anywhere; }
      .scroll { overflow: visible; }
      figure, table, .metrics, .checks li, .remark { break-inside: avoid; }
      h1, h2, h3, h4, .label { break-after: avoid; }
      figure img { border: 0; filter: none; max-width: 100% !important; }
      a { color: inherit; }
    }
    """
}
