/** Style of the HTML report: readable on a phone and on paper, light and dark, no fonts or scripts. */
export const htmlStyle = `
:root { color-scheme: light dark; --fg: #1c2024; --bg: #fff; --soft: #f3f4f6; --line: #d9dce1; --muted: #5b6470;
  --passed: #1a7f4b; --failed: #c62836; --warning: #a86500; --blocked: #7b3fa0; --other: #8a93a0; --link: #1456b8; }
@media (prefers-color-scheme: dark) { :root { --fg: #e7e9ec; --bg: #15181c; --soft: #20242a; --line: #363c45; --muted: #a3abb6;
  --passed: #4cc38a; --failed: #ff7b84; --warning: #f0b04a; --blocked: #c79be6; --other: #8a93a0; --link: #8ab6ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem; font: 16px/1.5 system-ui, sans-serif; color: var(--fg); background: var(--bg); }
h1 { margin: 0 0 .25rem; font-size: 1.7rem; } h2 { display: inline; font-size: 1.2rem; } h3 { margin: 0 0 .5rem; font-size: 1.05rem; }
h4 { margin: .75rem 0 .25rem; font-size: .9rem; color: var(--muted); } header p { margin: .1rem 0; } a { color: var(--link); }
code, pre { font: .85rem/1.45 ui-monospace, monospace; }
pre { margin: 0; padding: .6rem .8rem; background: var(--soft); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; }
small { color: var(--muted); font-weight: normal; }
.verdict { float: right; margin: 0; padding: .3rem .9rem; border-radius: 99px; color: var(--bg); font-weight: 600; }
.verdict.passed { background: var(--passed); } .verdict.failed { background: var(--failed); }
.bar { display: flex; gap: 2px; height: 14px; margin: 1rem 0 .5rem; } .bar span { min-width: 4px; border-radius: 3px; }
.bar .passed, i.passed { background: var(--passed); } .bar .failed, i.failed { background: var(--failed); }
.bar .warning, i.warning { background: var(--warning); } .bar .blocked, i.blocked { background: var(--blocked); }
.bar .not_applicable, .bar .not_run, i.not_applicable, i.not_run { background: var(--other); }
.counts { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin: 0; padding: 0; list-style: none; }
.counts i { display: inline-block; width: .8em; height: .8em; margin-right: .4em; border-radius: 3px; }
section { margin-top: 2rem; }
article { margin: 1rem 0; padding: 1rem; border: 1px solid var(--line); border-left: 5px solid var(--other); border-radius: 8px; }
article.failed { border-left-color: var(--failed); } article.warning { border-left-color: var(--warning); } article.blocked { border-left-color: var(--blocked); }
.tag { padding: .1rem .5rem; border: 1px solid currentColor; border-radius: 4px; font-size: .8rem; }
.failed .tag, td.failed { color: var(--failed); } .warning .tag, td.warning { color: var(--warning); } .blocked .tag, td.blocked { color: var(--blocked); }
td.passed { color: var(--passed); } td.not_applicable, td.not_run { color: var(--muted); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 0; } dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } body { padding: .8rem; } .verdict { float: none; display: inline-block; margin-bottom: .5rem; } }
summary { cursor: pointer; } summary span { color: var(--muted); } details ol { overflow-wrap: anywhere; font: .85rem/1.5 ui-monospace, monospace; }
li.here { font-weight: 700; }
table { width: 100%; margin-top: .75rem; border-collapse: collapse; font-size: .92rem; }
th, td { padding: .35rem .5rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; } th { color: var(--muted); font-weight: 600; }
.num { text-align: right; font-variant-numeric: tabular-nums; } td:first-child, td:nth-child(2), td:nth-child(4) { white-space: nowrap; }
section { overflow-x: auto; }
`;
