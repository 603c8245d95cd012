"""The page's style: one sheet, scoped to the class ``cptkit``, no outside file.

Colours keep a contrast of at least 4.5 to 1 for text and 3 to 1 for pictures, in
light and in dark.
"""

STYLE = """\
.cptkit {
  --ink: #1a1f26; --muted: #535d69; --paper: #fff; --tint: #f4f6f8;
  --line: #d9dfe5; --accent: #0b559f; --work: #1f5fa8; --pe: #c4661a;
  --mp: #66737f; --mark: #b3261e; --bar: #86929e;
  box-sizing: border-box; max-width: 62rem; margin: 0 auto; padding: 2.5rem 2rem;
  background: var(--paper); color: var(--ink); text-align: left;
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue",
    Arial, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: break-word;
  -webkit-text-size-adjust: 100%;
}
@media (prefers-color-scheme: dark) {
  .cptkit {
    --ink: #e7ecf1; --muted: #a3afbb; --paper: #101419; --tint: #181e25;
    --line: #2e3740; --accent: #7db8f5; --work: #6aa9ee; --pe: #eda061;
    --mp: #93a1ae; --mark: #ff8a80; --bar: #6f7c89;
  }
}
.cptkit *, .cptkit *::before { box-sizing: inherit; }
.cptkit header { padding-bottom: 2.25rem; }
.cptkit .path { margin: 0 0 1.25rem; color: var(--muted); font-size: .875rem; }
.cptkit .number {
  margin: 0; color: var(--accent); font-size: 1.125rem; font-weight: 600;
  letter-spacing: .04em;
}
.cptkit h1 {
  margin: .1rem 0 1rem; font-size: clamp(1.75rem, 1.2rem + 2.4vw, 2.75rem);
  font-weight: 680; line-height: 1.15; letter-spacing: -.015em; text-wrap: balance;
}
.cptkit h2 { margin: 0; font-size: 1.0625rem; font-weight: 650; line-height: 1.4; }
.cptkit h3 { margin: 1.5rem 0 .25rem; font-size: 1rem; font-weight: 600; }
.cptkit h3:first-child { margin-top: 0; }
.cptkit p { margin: 0 0 .75rem; }
.cptkit p:last-child, .cptkit ul:last-child { margin-bottom: 0; }
.cptkit .lead { max-width: 44rem; font-size: 1.1875rem; line-height: 1.55; }
.cptkit table + .note, .cptkit .legend + .note { margin-top: .9rem; }
.cptkit .note { color: var(--muted); font-size: .875em; }
.cptkit .callout {
  margin-top: 1rem; padding: .75rem 1rem; border-left: 3px solid var(--pe);
  background: var(--tint);
}
.cptkit section {
  display: grid; grid-template-columns: 11.5rem minmax(0, 1fr); gap: 1rem 2.5rem;
  padding: 2rem 0; border-top: 1px solid var(--line);
}
.cptkit ul { margin: 0 0 .75rem; padding-left: 1.1rem; }
.cptkit li { margin: .25rem 0; }
.cptkit dl.words {
  display: grid; grid-template-columns: 9rem minmax(0, 1fr); gap: .5rem 1.5rem;
  max-width: 46rem; margin: 1.5rem 0 0;
}
.cptkit dl.words dt { color: var(--muted); }
.cptkit dl.words dd { margin: 0; overflow-wrap: anywhere; }
.cptkit .chips { display: flex; flex-wrap: wrap; gap: .4rem; margin: 0; padding: 0;
  list-style: none; }
.cptkit .chips li {
  margin: 0; padding: .1rem .7rem; border: 1px solid var(--line);
  border-radius: 1rem; background: var(--tint); font-size: .9375rem;
}
.cptkit table { width: 100%; border-collapse: collapse; background: none; }
.cptkit th, .cptkit td {
  padding: .55rem 0 .55rem 1rem; border-bottom: 1px solid var(--line);
  background: none; text-align: right; vertical-align: baseline; font-weight: 400;
}
.cptkit th:first-child, .cptkit td:first-child { padding-left: 0; }
.cptkit th[scope="row"], .cptkit th[scope="rowgroup"], .cptkit .says {
  text-align: left; }
.cptkit thead th { color: var(--muted); font-size: .875rem; }
.cptkit thead th:first-child { text-align: left; }
.cptkit th[scope="rowgroup"] { padding-top: 1.25rem; font-weight: 600; }
.cptkit .amount { font-size: 1.375rem; font-weight: 600; white-space: nowrap; }
.cptkit .here .amount { color: var(--accent); }
.cptkit table.years { font-size: .9375rem; }
.cptkit .small .amount { font-size: 1rem; }
.cptkit .na { display: block; color: var(--muted); font-size: .75rem;
  font-weight: 400; }
.cptkit .value { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas,
  monospace; font-size: .9375rem; }
.cptkit .off, .cptkit .off .value { color: var(--muted); }
.cptkit svg { display: block; width: 100%; }
.cptkit svg.bar { height: 1.5rem; border-radius: .2rem; background: var(--tint); }
.cptkit .work { fill: var(--work); } .cptkit .pe { fill: var(--pe); }
.cptkit .mp { fill: var(--mp); } .cptkit .bars { fill: var(--bar); }
.cptkit .median { fill: var(--ink); } .cptkit .mark { fill: var(--mark); }
.cptkit svg.strip { height: 4.5rem; margin: 1rem 0 0;
  border-bottom: 1px solid var(--line); }
.cptkit svg.spark { height: 4.5rem; margin: 1rem 0 .5rem; }
.cptkit .line { fill: none; stroke: var(--work); stroke-width: 2.5;
  vector-effect: non-scaling-stroke; }
.cptkit .setting { display: flex; justify-content: space-between; gap: 1rem;
  margin: 1.25rem 0 .35rem; }
.cptkit .setting:first-child { margin-top: 0; }
.cptkit .setting b { font-weight: 600; }
.cptkit .legend { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem;
  margin: .5rem 0 0; color: var(--muted); font-size: .875rem; }
.cptkit .legend span::before {
  content: ""; display: inline-block; width: .7rem; height: .7rem;
  margin-right: .45rem; border-radius: .15rem; background: var(--swatch);
}
.cptkit .legend .key-work { --swatch: var(--work); }
.cptkit .legend .key-pe { --swatch: var(--pe); }
.cptkit .legend .key-mp { --swatch: var(--mp); }
.cptkit .legend .key-mark { --swatch: var(--mark); }
.cptkit .legend .key-median { --swatch: var(--ink); }
.cptkit .legend .key-end { --swatch: var(--bar); }
.cptkit details { margin-top: 1rem; }
.cptkit summary { cursor: pointer; color: var(--accent); }
.cptkit ol.steps { margin: 1rem 0 0; padding-left: 1.5rem; }
.cptkit ol.steps li { margin: 0 0 .75rem; }
.cptkit ol.steps .note { display: block; }
.cptkit .sources { font-size: .8125rem; color: var(--muted);
  overflow-wrap: anywhere; }
.cptkit.card { max-width: 46rem; margin: 0; padding: 1.25rem 1.5rem;
  border: 1px solid var(--line); border-radius: .5rem; font-size: .9375rem; }
.cptkit.card .title { margin: 0 0 .5rem; font-size: 1.25rem; font-weight: 650;
  line-height: 1.3; }
.cptkit.card .number { font-size: .9375rem; }
.cptkit.card .amount { font-size: 1.0625rem; }
@media (max-width: 46rem) {
  .cptkit { padding: 1.5rem 1.125rem; }
  .cptkit section { grid-template-columns: minmax(0, 1fr); padding: 1.5rem 0; }
  .cptkit dl.words { grid-template-columns: 1fr; gap: 0; }
  .cptkit dl.words dd { margin-bottom: .6rem; }
  .cptkit th, .cptkit td { padding-left: .8rem; }
  .cptkit .amount { font-size: 1.0625rem; }
  .cptkit table.years { font-size: .8125rem; }
  .cptkit .years th, .cptkit .years td { padding-left: .5rem; }
  .cptkit .years th:first-child { padding-left: 0; }
}
@media print {
  .cptkit {
    --ink: #000; --muted: #444; --paper: #fff; --tint: #fff; --line: #bbb;
    --accent: #000; --work: #222; --pe: #888; --mp: #bbb; --mark: #000; --bar: #999;
    max-width: none; padding: 0; font-size: 10pt;
    -webkit-print-color-adjust: exact; print-color-adjust: exact;
  }
  .cptkit section { padding: 1rem 0; }
  .cptkit h2, .cptkit h3, .cptkit .setting { break-after: avoid; }
  .cptkit tr, .cptkit li, .cptkit svg, .cptkit .words { break-inside: avoid; }
  .cptkit th, .cptkit td { padding-top: .3rem; padding-bottom: .3rem; }
  .cptkit details::details-content { content-visibility: visible; }
}
"""

#: What a page of its own adds: the paper reaches the edges of the window.
WINDOW = """\
html { color-scheme: light dark; background: #fff; }
@media (prefers-color-scheme: dark) { html { background: #101419; } }
@media print { html { background: #fff; } }
body { margin: 0; }
"""
