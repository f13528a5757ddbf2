// swift-format-ignore-file
// Written from templates/ by `RECORD_GOLDEN=1 swift test --filter EmbeddedTemplates`; do not edit.

/// The files of `templates/`, so that the tool needs nothing beside its binary.
enum EmbeddedTemplates {
  static let files: [String: String] = [
    "html/begin.mustache": ###"""
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{recipe}} {{target}} — level {{#level}}{{number}}{{#isOnStandin}} (stand-in){{/isOnStandin}}{{/level}} — Parity</title>
<style>
{{{style}}}</style>
</head>
<body>
<a class="skip" href="#main">To the claims</a>
<header class="top">
<div>
<p class="brand">Parity · coverage</p>
<h1>{{recipe}}</h1>
<p class="sub">{{#base}}<span class="nowrap">{{base}}</span> → {{/base}}<strong class="nowrap">{{target}}</strong> · driver {{driver}} · <time class="nowrap">{{started}}</time> · {{duration}}</p>
</div>
{{#level}}
<div class="level {{tone}}"><span class="level-number">L{{number}}</span><span class="level-word">{{#isOnStandin}}stand-in{{/isOnStandin}}{{^isOnStandin}}of 5{{/isOnStandin}}</span></div>
{{/level}}
</header>
<main id="main">
<p class="banner {{#isOnStandin}}standin{{/isOnStandin}}{{^isOnStandin}}quiet{{/isOnStandin}}">{{shownOn}}</p>
{{#end}}
<p class="banner bad">✗ The run {{end}}: what follows is only what was seen until then.</p>
{{/end}}
<p class="counts" aria-label="Claims by verdict"><span class="muted">Claims</span>{{#counts}} <span class="pill {{mark.tone}}"><b>{{count}}</b> {{mark.sign}} {{mark.word}}</span>{{/counts}}</p>
<ol class="ladder" aria-label="Levels">
{{#rungs}}
<li class="{{mark.tone}}"><span class="rung">L{{level}} <b>{{name}}</b></span><span>{{mark.sign}} {{mark.word}}</span>{{#reason}}<small>{{reason}}</small>{{/reason}}</li>
{{/rungs}}
</ol>
{{#hasProblems}}
<section aria-labelledby="attention">
<h2 id="attention">What needs a look</h2>
<ul class="problems">
{{#problems}}
<li class="{{mark.tone}}"><p>{{> mark}} {{#link}}<a href="{{link}}">{{subject}}</a>{{/link}}{{^link}}{{subject}}{{/link}}</p><p class="reason">{{reason}}</p>{{#lines}}<code class="line">{{text}}</code>{{/lines}}</li>
{{/problems}}
</ul>
</section>
{{/hasProblems}}
<section aria-labelledby="life">
<h2 id="life">The run</h2>
<div class="stages">
{{#stages}}
<div class="stage" id="stage-{{name}}">
<div class="stage-row"><span class="stage-name">{{name}}</span><span>{{> mark}}</span><span class="track">{{#ran}}<span class="bar {{mark.tone}}" style="left:{{left}};width:{{width}}"></span>{{/ran}}</span><span class="time">{{#ran}}{{duration}}{{/ran}}{{^ran}}—{{/ran}}</span></div>
{{#reason}}
<p class="reason">{{reason}}</p>
{{/reason}}
{{#readiness}}
<div class="ready"><p><span class="muted">readiness</span> <code>{{gate}}</code> <b>{{mark.sign}} {{mark.word}}</b> after {{duration}} <span class="muted">of {{within}}</span></p>
<ol class="strip" aria-label="{{line}}">{{#spans}}<li class="{{tone}}" style="flex-grow:{{weight}}" title="{{state}}: {{count}} answers, {{from}} to {{to}}"><b>{{state}}</b> <span>×{{count}}</span></li>{{/spans}}</ol></div>
{{/readiness}}
{{#hasDetails}}
{{^empty(operations)}}
<details><summary>What the driver did</summary>
<ul class="operations">
{{#operations}}
<li><p>{{> mark}} <b>{{name}}</b> <span class="time">{{duration}}</span></p>{{#reason}}<p class="reason">{{reason}}</p>{{/reason}}{{#difference}}<p class="note">Other than the recipe says: {{difference}}</p>{{/difference}}{{^empty(facts)}}<dl>{{#facts}}<div><dt>{{name}}</dt><dd><code>{{value}}</code></dd></div>{{/facts}}</dl>{{/empty(facts)}}{{#command}}<pre>{{command}}</pre>{{/command}}</li>
{{/operations}}
</ul>
</details>
{{/empty(operations)}}
{{/hasDetails}}
</div>
{{/stages}}
</div>
</section>
{{#parts}}
<section aria-labelledby="{{id}}">
<h2 id="{{id}}"><span class="part">{{id}}</span> {{title}}</h2>
{{#isLifecycle}}
<p class="lead">Ready means: <code>{{gateAsked}}</code> answers {{gateAccepts}} within {{gateWithin}} s.</p>
{{/isLifecycle}}
{{#isCorpus}}
<p class="lead">{{corpus}}</p>
{{/isCorpus}}
{{#isIntegrity}}
{{#hasStores}}
<div class="scroll"><table>
<caption>What each place with data went through</caption>
<thead><tr><th scope="col">store</th><th scope="col">marker</th><th scope="col">upgrade</th><th scope="col">dropped</th><th scope="col">restored</th><th scope="col">mechanism</th><th scope="col">result</th></tr></thead>
<tbody>
{{#stores}}
<tr><th scope="row">{{name}}<small>{{kind}}</small></th><td>{{#marker}}{{marker}}{{/marker}}{{^marker}}<b>none</b>{{/marker}}{{#counts}}<small>counted: {{counts}}</small>{{/counts}}</td><td>{{#upgrade}}{{> verdict}}{{/upgrade}}</td><td>{{#dropped}}{{> verdict}}{{/dropped}}</td><td>{{#restored}}{{> verdict}}{{/restored}}</td><td>{{#mechanism}}<code>{{mechanism}}</code>{{/mechanism}}{{^mechanism}}none{{/mechanism}}</td><td>{{#result}}{{> verdict}}{{/result}}</td></tr>
{{/stores}}
</tbody></table></div>
{{/hasStores}}
{{/isIntegrity}}
{{#hasClaims}}
<div class="scroll"><table class="claims">
<thead><tr><th scope="col">claim</th><th scope="col">verdict</th><th scope="col">rests on</th></tr></thead>
<tbody>
{{#claims}}
<tr><th scope="row">{{statement}}<small><code>{{id}}</code></small>{{#hasDetails}}<details><summary>What it looks at</summary>{{#details}}<p class="note">{{title}}</p><pre>{{text}}</pre>{{/details}}</details>{{/hasDetails}}</th><td>{{#disposition}}<b>{{disposition}}</b> {{/disposition}}{{#verdict}}{{> verdict}}{{/verdict}}</td><td>{{#checks}}{{#link}}<a class="check-link{{#isRow}} row{{/isRow}}" href="{{link}}">{{id}}</a>{{/link}}{{^link}}<span class="check-link{{#isRow}} row{{/isRow}}">{{id}}</span>{{/link}}{{/checks}}{{#empty(checks)}}<span class="muted">{{rest}}</span>{{/empty(checks)}}</td></tr>
{{/claims}}
</tbody></table></div>
{{/hasClaims}}
{{^hasClaims}}
<p class="muted">Nothing is claimed.</p>
{{/hasClaims}}
</section>
{{/parts}}
{{#hasDeferrals}}
<section aria-labelledby="deferrals">
<h2 id="deferrals">Deferred</h2>
<div class="scroll"><table>
<thead><tr><th scope="col">what</th><th scope="col">why</th><th scope="col">until</th></tr></thead>
<tbody>
{{#deferrals}}
<tr><th scope="row">{{what}}</th><td>{{why}}</td><td>{{until}}</td></tr>
{{/deferrals}}
</tbody></table></div>
</section>
{{/hasDeferrals}}
<section aria-labelledby="findings">
<h2 id="findings">Findings</h2>
{{^hasFindings}}
<p class="muted">None.</p>
{{/hasFindings}}
{{#hasFindings}}
<ul class="problems">
{{#findings}}
<li class="{{mark.tone}}"><p>{{> mark}} <code>{{rule}}</code> {{message}}{{#place}} <code class="place">{{place}}</code>{{/place}}</p><p class="reason">{{advice}}</p></li>
{{/findings}}
</ul>
{{/hasFindings}}
{{#hasWaived}}
<h3>Waived</h3>
<p class="muted">The suite says why these do not count, and until when.</p>
<ul class="problems">
{{#waived}}
<li><p>{{> mark}} <code>{{rule}}</code> {{message}}{{#place}} <code class="place">{{place}}</code>{{/place}}</p><p class="note">Waived: {{waived}}{{#until}}, until {{until}}{{/until}}</p></li>
{{/waived}}
</ul>
{{/hasWaived}}
</section>
<section aria-labelledby="checks">
<h2 id="checks">Checks <span class="muted">{{checkCount}}</span></h2>
<fieldset class="filter"><legend>Show</legend><label><input type="radio" name="show" id="show-all" checked> all</label><label><input type="radio" name="show" id="show-open"> what did not pass</label></fieldset>

"""###,
    "html/checks.mustache": ###"""
{{#checks}}
{{#isShort}}
<p class="short {{tone}}" id="check-{{index}}">{{sign}} {{name}} <i>{{duration}}</i></p>
{{/isShort}}
{{^isShort}}
<details class="check {{mark.tone}}" id="check-{{index}}"{{#isOpen}} open{{/isOpen}}>
<summary><span>{{> mark}}</span><span class="check-name"><b>{{name}}</b><small>{{about}}</small></span><span class="tags">{{#isHealth}}<span class="tag">health</span>{{/isHealth}}<span class="tag" title="{{meaning}}">{{strength}}</span></span><span class="time">{{duration}}</span></summary>
<div class="body">
{{#reason}}
<p class="reason">{{reason}}</p>
{{/reason}}
<dl>
<div><dt>id</dt><dd><code>{{id}}</code></dd></div>
<div><dt>kind</dt><dd>{{kind}}, stage {{stage}}</dd></div>
{{#place}}
<div><dt>written in</dt><dd><code>{{place}}</code></dd></div>
{{/place}}
<div><dt>strength</dt><dd>{{strength}}: {{meaning}}</dd></div>
{{#control}}
<div><dt>control</dt><dd class="text-{{controlTone}}">{{control}}</dd></div>
{{/control}}
{{#hasFresh}}
<div><dt>fresh values</dt><dd>{{#fresh}}{{name}} <code>{{value}}</code> {{/fresh}}</dd></div>
{{/hasFresh}}
{{#hasPorts}}
<div><dt>stands for</dt><dd>{{#ports}}<code>{{text}}</code> {{/ports}}</dd></div>
{{/hasPorts}}
{{#hasFails}}
<div><dt>fails when</dt><dd><ul>{{#fails}}<li>{{text}}</li>{{/fails}}</ul></dd></div>
{{/hasFails}}
</dl>
<ol class="steps">
{{#steps}}
{{> step}}
{{/steps}}
</ol>
{{#hasControlSteps}}
<h4>The control's steps</h4>
<ol class="steps">
{{#controlSteps}}
{{> step}}
{{/controlSteps}}
</ol>
{{/hasControlSteps}}
</div>
</details>
{{/isShort}}
{{/checks}}

"""###,
    "html/diff-begin.mustache": ###"""
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Parity — {{summary}}</title>
<style>
{{{style}}}</style>
</head>
<body>
<header class="top"><div><p class="brand">Parity · difference</p><h1>{{from}} → {{to}}</h1></div></header>
<main id="main">
<p class="banner {{tone}}"><b>{{summary}}</b> {{extent}}</p>
{{#hasRecipes}}
<div class="scroll"><table class="index">
<thead><tr><th scope="col">recipe</th><th scope="col">changes</th></tr></thead>
<tbody>
{{#recipes}}
<tr><th scope="row">{{recipe}}{{#isOnStandin}} <span class="pill standin">◇ stand-in</span>{{/isOnStandin}}</th><td class="counts">{{#counts}}<span class="pill {{tone}}">{{text}}</span> {{/counts}}</td></tr>
{{/recipes}}
</tbody></table></div>
{{/hasRecipes}}

"""###,
    "html/diff-changes.mustache": ###"""
{{#isFirst}}
<h2>{{title}}</h2>
{{/isFirst}}
<ul class="problems diff">
{{#changes}}
<li class="{{tone}}"><p>{{> mark}} <b>{{recipe}}</b>{{#subject}} <code>{{subject}}</code>{{/subject}}</p><p>{{step}}{{#reason}}<span class="reason">: {{reason}}</span>{{/reason}}{{#place}} <code class="place">{{place}}</code>{{/place}}</p>{{#hasDetails}}<details open><summary>what changed</summary>{{#details}}<code class="line">{{text}}</code>{{/details}}</details>{{/hasDetails}}</li>
{{/changes}}
</ul>

"""###,
    "html/diff-end.mustache": ###"""
</main>
<footer><p class="muted">Compared on {{today}}.</p></footer>
</body>
</html>

"""###,
    "html/end.mustache": ###"""
</section>
{{#history}}
<section aria-labelledby="history">
<h2 id="history">History</h2>
<div class="scroll">{{{chart}}}</div>
{{#beginning}}
<p class="muted">{{beginning}}</p>
{{/beginning}}
{{#hasClaims}}
<div class="scroll"><table class="claims">
<caption>Claims that flipped or were refuted</caption>
<thead><tr><th scope="col">claim</th><th scope="col">now</th><th scope="col">first proven</th><th scope="col">last refuted</th><th scope="col">flips</th></tr></thead>
<tbody>
{{#claims}}
<tr><th scope="row"><code>{{id}}</code></th><td><span class="pill {{tone}}">{{now}}</span></td><td>{{firstProven}}</td><td>{{lastRefuted}}</td><td>{{flips}}</td></tr>
{{/claims}}
</tbody></table></div>
{{/hasClaims}}
<details><summary>The commits in words</summary>
<div class="scroll"><table class="claims">
<thead><tr><th scope="col">commit</th><th scope="col">level</th><th scope="col">version</th><th scope="col">claims</th></tr></thead>
<tbody>
{{#commits}}
<tr><th scope="row">{{day}} <code>{{commit}}</code></th><td><span class="pill {{tone}}">{{level}}</span></td><td>{{#version}}{{version}}{{/version}}</td><td>{{#counts}}{{counts}}{{/counts}}</td></tr>
{{/commits}}
</tbody></table></div>
</details>
</section>
{{/history}}
{{#notes}}
<section aria-labelledby="notes">
<h2 id="notes">Notes</h2>
<p class="muted">The suite's own words; nothing here is evidence.</p>
<div class="prose">
{{{notes}}}
</div>
</section>
{{/notes}}
</main>
<footer>
<dl>
{{#facts}}
<div><dt>{{name}}</dt><dd><code>{{value}}</code></dd></div>
{{/facts}}
</dl>
</footer>
</body>
</html>

"""###,
    "html/index.mustache": ###"""
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Parity — {{total}}</title>
<style>
{{{style}}}</style>
</head>
<body>
<header class="top"><div><p class="brand">Parity · coverage</p><h1>{{total}}</h1></div></header>
<main id="main">
{{#empty(rows)}}
<p class="banner quiet">No recipe has a report yet.</p>
{{/empty(rows)}}
{{^empty(rows)}}
<div class="scroll"><table class="index">
<thead><tr><th scope="col">recipe</th><th scope="col">level</th><th scope="col">ladder</th><th scope="col">claims</th><th scope="col">findings</th></tr></thead>
<tbody>
{{#rows}}
<tr><th scope="row"><a href="{{link}}">{{recipe}}</a><small>{{versions}} · {{driver}}</small></th><td>{{#level}}<span class="pill {{tone}}">L{{number}}{{#isOnStandin}} ◇ stand-in{{/isOnStandin}}</span>{{/level}}</td><td><ol class="dots">{{#rungs}}<li class="{{mark.tone}}" title="L{{level}} {{name}}: {{mark.word}}"><span aria-hidden="true">{{mark.sign}}</span><span class="hidden">L{{level}} {{name}}: {{mark.word}}</span></li>{{/rungs}}</ol></td><td class="counts">{{#counts}}<span class="pill {{mark.tone}}">{{count}} {{mark.sign}} {{mark.word}}</span> {{/counts}}</td><td class="counts">{{#findings}}<span class="pill {{mark.tone}}">{{count}} {{mark.sign}} {{mark.word}}</span> {{/findings}}{{#empty(findings)}}<span class="muted">none</span>{{/empty(findings)}}</td></tr>
{{/rows}}
</tbody></table></div>
{{/empty(rows)}}
</main>
</body>
</html>

"""###,
    "html/mark.mustache": ###"""
<span class="pill {{mark.tone}}">{{mark.sign}} {{mark.word}}</span>
"""###,
    "html/step.mustache": ###"""
<li class="step {{mark.tone}}">
<p class="step-head"><span class="step-number">{{number}}</span> {{> mark}} <span class="tag">{{kind}}</span> <code>{{title}}</code>{{#attempts}} <span class="tag">{{attempts}}</span>{{/attempts}}{{#place}} <code class="place">{{place}}</code>{{/place}} <span class="time">{{duration}}</span></p>
{{#reason}}
<p class="reason">{{reason}}</p>
{{/reason}}
{{#hasAssertions}}
<div class="scroll"><table class="assertions">
<thead><tr><th scope="col">looked at</th><th scope="col">expected</th><th scope="col">was</th><th scope="col">result</th></tr></thead>
<tbody>
{{#assertions}}
<tr class="{{mark.tone}}"><th scope="row"><code>{{subject}}</code></th><td><code>{{expected}}</code>{{#wanted}}<small><code>{{wanted}}</code></small>{{/wanted}}</td><td>{{#actual}}<code>{{actual}}</code>{{/actual}}{{^actual}}<i>nothing</i>{{/actual}}</td><td class="nowrap">{{mark.sign}} {{mark.word}}</td></tr>
{{/assertions}}
</tbody></table></div>
{{/hasAssertions}}
{{#exchange}}
<details class="exchange"{{#isRed}} open{{/isRed}}><summary><code>{{request}}</code> → <b>{{answer}}</b></summary>
{{#hasPhases}}
<ol class="strip phases" aria-label="How the time divides">{{#phases}}<li class="quiet" style="flex-grow:{{weight}}"><b>{{name}}</b> <span>{{duration}}</span></li>{{/phases}}</ol>
{{/hasPhases}}
{{#curl}}
<h5>the same by hand</h5>
<pre>{{curl}}</pre>
{{/curl}}
{{#blocks}}
<h5>{{name}}</h5>
<pre>{{value}}</pre>
{{/blocks}}
</details>
{{/exchange}}
{{#captured}}
<p class="muted">kept for later: {{captured}}</p>
{{/captured}}
</li>

"""###,
    "html/style.css": ###"""
:root {
  color-scheme: light dark;
  --page: #f6f7f8; --panel: #fff; --ink: #1b1f23; --muted: #59636d; --line: #dde1e5; --soft: #f0f2f4;
  --link: #1f5fae;
  --good: #17663a; --good-soft: #e4f2ea; --standin: #65389c; --standin-soft: #efe8f9;
  --bad: #ab1f18; --bad-soft: #fbe9e7; --warning: #7d5200; --warning-soft: #faf0dc;
  --quiet: #525c66; --quiet-soft: #eceff1;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #121518; --panel: #1a1e22; --ink: #e4e7ea; --muted: #a0a9b2; --line: #2e343b;
    --soft: #22272c; --link: #8ab8f5;
    --good: #82d4a4; --good-soft: #16301f; --standin: #ccb2f7; --standin-soft: #2b2142;
    --bad: #ffa198; --bad-soft: #3d1c1a; --warning: #f0c572; --warning-soft: #362b13;
    --quiet: #aab3bb; --quiet-soft: #282d33;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0 auto; max-width: 76rem; padding: 1.5rem 1.25rem 3rem; background: var(--page);
  color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { font-size: .87em; overflow-wrap: anywhere; }
pre {
  margin: .25rem 0 .75rem; padding: .6rem .75rem; background: var(--soft); border-radius: 6px;
  font-size: .8rem; line-height: 1.45; white-space: pre-wrap; overflow-wrap: anywhere;
  max-height: 24rem; overflow: auto;
}
a, code, small, b, .pill, .reason, .note, .place { unicode-bidi: isolate; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--panel); padding: .25rem .5rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
h1 { margin: 0; font-size: 2rem; line-height: 1.2; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { margin: 2.25rem 0 .6rem; font-size: 1.2rem; }
h3 { margin: 1.25rem 0 .4rem; font-size: .95rem; overflow-wrap: anywhere; }
h4 { margin: .75rem 0 .25rem; font-size: .9rem; }
h5 { margin: .5rem 0 .1rem; font-size: .75rem; color: var(--muted); font-weight: 600; }
p { margin: .35rem 0; }
small { display: block; color: var(--muted); font-size: .82rem; font-weight: 400; overflow-wrap: anywhere; }
.muted, .time, .place, .brand, .sub, .until { color: var(--muted); }
.nowrap { white-space: nowrap; }
.top { display: flex; justify-content: space-between; align-items: flex-start; gap: 1.5rem; }
.brand { margin: 0; font-size: .8rem; letter-spacing: .04em; }
.level {
  display: flex; flex-direction: column; align-items: center; flex: none; min-width: 5.5rem;
  padding: .6rem .9rem .5rem; border: 2px solid currentColor; border-radius: 12px; line-height: 1.15;
}
.level-number { font-size: 1.9rem; font-weight: 700; }
.level-word { font-size: .8rem; font-weight: 600; }
.banner { padding: .6rem .85rem; border-radius: 8px; margin: 1rem 0 .75rem; overflow-wrap: anywhere; }
.good { --tone: var(--good); --tone-soft: var(--good-soft); }
.standin { --tone: var(--standin); --tone-soft: var(--standin-soft); }
.bad { --tone: var(--bad); --tone-soft: var(--bad-soft); }
.warning { --tone: var(--warning); --tone-soft: var(--warning-soft); }
.quiet { --tone: var(--quiet); --tone-soft: var(--quiet-soft); }
.level, .banner, .pill { background: var(--tone-soft); color: var(--tone); }
.pill {
  display: inline-block; padding: .05rem .5rem; border-radius: 99px; font-size: .8rem;
  font-weight: 500; white-space: nowrap;
}
.tag {
  display: inline-block; padding: 0 .4rem; border: 1px solid var(--line); border-radius: 4px;
  font-size: .76rem; color: var(--muted); white-space: nowrap;
}
.text-bad { color: var(--bad); } .text-warning { color: var(--warning); }
.counts { display: flex; flex-wrap: wrap; gap: .35rem; align-items: center; }
h3 .counts { display: inline-flex; margin-left: .35rem; }
td.counts { display: table-cell; }
.ladder { list-style: none; margin: 1rem 0 0; padding: 0; display: grid; gap: .5rem; grid-template-columns: repeat(5, 1fr); }
.ladder li {
  background: var(--panel); border: 1px solid var(--line); border-top: 4px solid var(--tone);
  border-radius: 8px; padding: .5rem .7rem .6rem; min-width: 0;
}
.ladder li > span { display: block; }
.ladder li > span:not(.rung) { color: var(--tone); font-size: .85rem; font-weight: 600; }
.problems { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem; }
.problems li {
  background: var(--panel); border: 1px solid var(--line); border-left: 4px solid var(--tone);
  border-radius: 8px; padding: .5rem .8rem; overflow-wrap: anywhere; min-width: 0;
}
.problems p { margin: 0; }
.diff { margin-bottom: .5rem; }
.diff summary { font-size: .84rem; color: var(--muted); }
.reason { color: var(--muted); overflow-wrap: anywhere; }
.note { color: var(--warning); }
code.line { display: block; margin-top: .3rem; padding: .25rem .5rem; background: var(--soft); border-radius: 4px; white-space: pre-wrap; }
.stages { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
.stage { padding: .45rem .85rem; }
.stage + .stage { border-top: 1px solid var(--line); }
.stage > .reason, .stage > details, .ready { margin-left: 7rem; }
.stage-row { display: grid; grid-template-columns: 6.25rem 7rem 1fr 5.5rem; gap: .75rem; align-items: center; }
.stage-name { font-weight: 600; }
.track { position: relative; height: .8rem; background: var(--soft); border-radius: 4px; overflow: hidden; }
.bar { position: absolute; top: 0; bottom: 0; min-width: 3px; background: var(--tone); border-radius: 4px; }
.time { font-variant-numeric: tabular-nums; font-size: .85rem; white-space: nowrap; }
.stage-row .time { text-align: right; }
.ready p { margin: .25rem 0; font-size: .88rem; }
.strip { list-style: none; display: flex; gap: 2px; margin: 0 0 .35rem; padding: 0; font-size: .78rem; }
.strip li {
  flex-basis: 0; min-width: max-content; padding: .1rem .45rem; background: var(--tone-soft); color: var(--tone);
  border-radius: 4px; white-space: nowrap;
}
.operations, .steps { list-style: none; margin: .3rem 0; padding: 0; }
.operations li { padding: .3rem 0; }
.operations p { margin: 0; }
dl { margin: .3rem 0; font-size: .86rem; }
dl > div { display: flex; gap: .75rem; padding: .08rem 0; }
dt { flex: 0 0 6.5rem; color: var(--muted); }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
dd ul { margin: 0; padding-left: 1.1rem; }
summary { cursor: pointer; }
.stage > details > summary, .exchange > summary { font-size: .86rem; color: var(--muted); overflow-wrap: anywhere; }
.part { color: var(--muted); font-weight: 500; margin-right: .2rem; }
.lead { max-width: 62rem; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; margin: .6rem 0; }
table { width: 100%; border-collapse: collapse; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; font-size: .9rem; }
caption { text-align: left; color: var(--muted); font-size: .82rem; padding: 0 0 .25rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .7rem; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--muted); font-weight: 500; font-size: .8rem; background: var(--soft); white-space: nowrap; }
tbody th { font-weight: 600; }
.claims th[scope=row] { font-weight: 500; width: 36%; overflow-wrap: anywhere; min-width: 14rem; }
.claims td:nth-child(2) { width: 26%; }
.check-link { display: block; font: .8rem/1.5 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.check-link.row { display: inline-block; margin-right: .5em }
.filter { border: 0; padding: 0; margin: 0 0 .5rem; display: flex; gap: 1rem; font-size: .88rem; }
.filter legend { float: left; padding: 0; margin-right: .25rem; color: var(--muted); }
.filter label { display: inline-flex; gap: .3rem; align-items: center; }
body:has(#show-open:checked) :is(.check.good, .check.standin, .short) { display: none; }
.check { background: var(--panel); border: 1px solid var(--line); border-left: 4px solid var(--tone); border-radius: 8px; margin: .4rem 0; }
.check > summary {
  display: grid; grid-template-columns: 6.2rem 1fr auto 4.5rem; gap: .75rem; align-items: start;
  padding: .5rem .8rem; list-style: none;
}
.check > summary::-webkit-details-marker { display: none; }
.check > summary:hover { background: var(--soft); }
.check-name { min-width: 0; overflow-wrap: anywhere; }
.check-name::before { content: "▸ "; color: var(--muted); }
.check[open] .check-name::before { content: "▾ "; }
.check > summary .time { text-align: right; }
.tags { display: inline-flex; gap: .3rem; }
.body { padding: .2rem .9rem .8rem; border-top: 1px solid var(--line); }
.short { margin: 0; font-size: .82rem; } .short i { color: var(--muted); }
.step { border-left: 2px solid var(--line); padding: .15rem 0 .35rem .8rem; margin: .5rem 0; }
.step.bad, .step.warning { border-color: var(--tone); }
.step-head { margin: 0; }
.step-number { color: var(--muted); font-variant-numeric: tabular-nums; }
.assertions { font-size: .84rem; } .assertions th, .assertions td { padding: .25rem .6rem; }
.assertions th[scope=row] { font-weight: 400; }
.assertions td code, .assertions th code { white-space: pre-wrap; }
.assertions tr.bad { background: var(--bad-soft); } .assertions tr.bad td:last-child { color: var(--bad); font-weight: 600; }
.prose { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: .4rem 1.1rem; overflow-wrap: anywhere; }
.prose h1, .prose h2, .prose h3 { font-size: 1rem; margin: 1rem 0 .3rem; }
.dots { list-style: none; display: flex; gap: 3px; margin: 0; padding: 0; }
.dots li { width: 1.5rem; text-align: center; border-radius: 4px; background: var(--tone-soft); color: var(--tone); font-size: .8rem; }
.history text { fill: var(--muted); font-size: 10px; }
.history .grid { stroke: var(--line); stroke-width: 1; }
.history g line { stroke: var(--tone); stroke-width: 3; stroke-linecap: square; }
.history g rect { fill: var(--tone-soft); }
footer { margin-top: 2.5rem; padding-top: .75rem; border-top: 1px solid var(--line); }
footer dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(22rem, 1fr)); font-size: .78rem; }
@media (max-width: 46rem) {
  body { padding: 1rem .8rem 2rem; }
  .top { gap: .75rem; } h1 { font-size: 1.5rem; }
  .level { min-width: 4.5rem; padding: .4rem .6rem; } .level-number { font-size: 1.4rem; }
  .ladder { grid-template-columns: 1fr; gap: .3rem; }
  .ladder li { border-top-width: 1px; border-left: 4px solid var(--tone); display: grid; grid-template-columns: 1fr auto; padding: .35rem .6rem; }
  .ladder small { grid-column: 1 / -1; }
  .stage-row { grid-template-columns: 5.5rem 1fr auto; } .track { grid-row: 2; grid-column: 1 / -1; }
  .stage > .reason, .stage > details, .ready { margin-left: 0; }
  .strip { flex-wrap: wrap; }
  .check > summary { grid-template-columns: auto 1fr auto; } .check-name { grid-row: 2; grid-column: 1 / -1; }
  .claims, .claims tbody, .claims tr, .claims th[scope=row], .claims td { display: block; width: auto !important; }
  .claims thead { display: none; }
  .claims tr { border-top: 1px solid var(--line); padding: .4rem 0; } .claims tbody th, .claims tbody td { border: 0; padding: .15rem .7rem; }
  dt { flex-basis: 5rem; } footer dl { grid-template-columns: 1fr; }
}
@media print {
  :root { --page: #fff; } body { max-width: none; padding: 0; font-size: 11px; }
  .filter, .skip { display: none; } pre { max-height: none; }
  details::details-content { content-visibility: visible; block-size: auto; }
  .check, .problems li, tr { break-inside: avoid; }
}

"""###,
    "html/suite-begin.mustache": ###"""
<section class="suite"><h3>{{path}} <span class="counts">{{#counts}} <span class="pill {{mark.tone}}">{{count}} {{mark.sign}} {{mark.word}}</span>{{/counts}}</span></h3>

"""###,
    "html/suite-end.mustache": ###"""
</section>

"""###,
    "html/verdict.mustache": ###"""
<span class="pill {{mark.tone}}">{{mark.sign}} {{mark.word}}</span>{{#until}} <span class="until">until {{until}}</span>{{/until}}{{#reason}}<small>{{reason}}</small>{{/reason}}
"""###,
    "junit/begin.mustache": ###"""
<?xml version="1.0" encoding="UTF-8"?>
<testsuites>

"""###,
    "junit/cases.mustache": ###"""
{{#cases}}
{{#passed}}
    <testcase name="{{name}}" classname="{{classname}}" time="{{time}}"/>
{{/passed}}
{{^passed}}
    <testcase name="{{name}}" classname="{{classname}}" time="{{time}}">
{{#failure}}
      <failure type="{{type}}" message="{{message}}">{{{text}}}</failure>
{{/failure}}
{{#error}}
      <error type="{{type}}" message="{{message}}">{{{text}}}</error>
{{/error}}
{{#isSkipped}}
      <skipped message="{{message}}">{{{text}}}</skipped>
{{/isSkipped}}
    </testcase>
{{/passed}}
{{/cases}}

"""###,
    "junit/end.mustache": ###"""
</testsuites>

"""###,
    "junit/junit.xsd": ###"""
<?xml version="1.0" encoding="UTF-8"?>
<!--
  The JUnit XML that parity writes for Jenkins (flavour "jenkins").

  JUnit XML has no specification, only readers. This profile is what its two published validators
  both accept: the schema that Jenkins' xunit-plugin applies before it reads a report, and the one
  that describes Ant's JUnitReport. Each rule is there for one of them, or for a reader that counts:

  - "testsuites" has no attributes, and suites are not nested: Ant's schema knows neither.
  - Names, host, package, timestamp, counters and time are required: Ant's schema asks for them.
  - "properties", "system-out" and "system-err" stand in every suite, if need be empty: Ant's again.
  - A time has at most three decimals and no sign: xunit-plugin's pattern.
  - A timestamp has no zone and no fraction: Ant's pattern.
  - Counters and times have no white space around them and at most nine digits, so that no reader's
    32-bit integer overflows.
  - A case has a name and a class name that are not empty, because readers tell cases apart by them,
    and one result at most. Failures and errors say what they are ("type") and why ("message").
  - Nothing may be replaced through xsi:type (blockDefault).
-->
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" blockDefault="#all" finalDefault="#all">

  <xs:element name="testsuites">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="testsuite" minOccurs="0" maxOccurs="unbounded">
          <xs:complexType>
            <xs:sequence>
              <xs:element name="properties">
                <xs:complexType>
                  <xs:sequence>
                    <xs:element name="property" minOccurs="0" maxOccurs="unbounded">
                      <xs:complexType>
                        <xs:attribute name="name" type="filledToken" use="required"/>
                        <xs:attribute name="value" type="xs:string" use="required"/>
                      </xs:complexType>
                    </xs:element>
                  </xs:sequence>
                </xs:complexType>
              </xs:element>
              <xs:element name="testcase" minOccurs="0" maxOccurs="unbounded">
                <xs:complexType>
                  <xs:choice minOccurs="0">
                    <xs:element name="skipped">
                      <xs:complexType>
                        <xs:simpleContent>
                          <xs:extension base="prose">
                            <xs:attribute name="message" type="xs:string"/>
                          </xs:extension>
                        </xs:simpleContent>
                      </xs:complexType>
                    </xs:element>
                    <xs:element name="error" type="unsuccessful"/>
                    <xs:element name="failure" type="unsuccessful"/>
                  </xs:choice>
                  <xs:attribute name="name" type="filledToken" use="required"/>
                  <xs:attribute name="classname" type="filledToken" use="required"/>
                  <xs:attribute name="time" type="seconds" use="required"/>
                </xs:complexType>
              </xs:element>
              <xs:element name="system-out" type="prose"/>
              <xs:element name="system-err" type="prose"/>
            </xs:sequence>
            <xs:attribute name="name" type="filledToken" use="required"/>
            <xs:attribute name="package" type="xs:token" use="required"/>
            <xs:attribute name="id" type="count" use="required"/>
            <xs:attribute name="hostname" type="filledToken" use="required"/>
            <xs:attribute name="timestamp" type="localSecond" use="required"/>
            <xs:attribute name="tests" type="count" use="required"/>
            <xs:attribute name="failures" type="count" use="required"/>
            <xs:attribute name="errors" type="count" use="required"/>
            <xs:attribute name="skipped" type="count" use="required"/>
            <xs:attribute name="time" type="seconds" use="required"/>
          </xs:complexType>
        </xs:element>
      </xs:sequence>
    </xs:complexType>
  </xs:element>

  <xs:complexType name="unsuccessful">
    <xs:simpleContent>
      <xs:extension base="prose">
        <xs:attribute name="type" type="xs:string" use="required"/>
        <xs:attribute name="message" type="xs:string" use="required"/>
      </xs:extension>
    </xs:simpleContent>
  </xs:complexType>

  <!-- Text as it is: white space in it means something. -->
  <xs:simpleType name="prose">
    <xs:restriction base="xs:string">
      <xs:whiteSpace value="preserve"/>
    </xs:restriction>
  </xs:simpleType>

  <xs:simpleType name="filledToken">
    <xs:restriction base="xs:token">
      <xs:minLength value="1"/>
    </xs:restriction>
  </xs:simpleType>

  <!-- Strings, not numbers: a number's pattern would be looked at only after trimming. -->
  <xs:simpleType name="count">
    <xs:restriction base="xs:string">
      <xs:pattern value="0|[1-9][0-9]{0,8}"/>
    </xs:restriction>
  </xs:simpleType>

  <xs:simpleType name="seconds">
    <xs:restriction base="xs:string">
      <xs:pattern value="[0-9]{1,9}(\.[0-9]{1,3})?"/>
    </xs:restriction>
  </xs:simpleType>

  <xs:simpleType name="localSecond">
    <xs:restriction base="xs:dateTime">
      <xs:pattern value="[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"/>
    </xs:restriction>
  </xs:simpleType>

</xs:schema>

"""###,
    "junit/suite-begin.mustache": ###"""
  <testsuite name="{{name}}" package="{{package}}" id="{{id}}" hostname="{{hostname}}" timestamp="{{timestamp}}" tests="{{tests}}" failures="{{failures}}" errors="{{errors}}" skipped="{{skipped}}" time="{{time}}">
    <properties>
{{#properties}}
      <property name="{{name}}" value="{{value}}"/>
{{/properties}}
    </properties>

"""###,
    "junit/suite-end.mustache": ###"""
    <system-out>{{{account}}}</system-out>
    <system-err/>
  </testsuite>

"""###,
    "page/check.mustache": ###"""
- {{{idInText}}} — {{about}}
  - {{outcome}}; strength *{{strength}}*: {{meaning}}
{{#control}}
  - control: {{control}}
{{/control}}
{{#fails}}
  - fails when {{text}}
{{/fails}}
{{#hasRows}}
  - {{rowCount}} cases:
{{#rows}}
    - {{{name}}}{{#fails}} fails when {{fails}}{{/fails}}
{{/rows}}
{{/hasRows}}

"""###,
    "page/claim.mustache": ###"""
| {{{id}}} | {{{checks}}} | {{statement}} | {{{status}}} |

"""###,
    "page/parity.mustache": ###"""
# Parity — {{recipe}}

{{shownOn}}

**Level {{level}}** of 5, {{levelName}}. Claims: {{summary}}.

> Written by parity from the evidence of the last full run; do not edit. Change the suite instead, then
> {{{runCommand}}}; {{{reportCommand}}} writes this page again from what is known.

| rung | state | why |
|---|---|---|
{{#rungs}}
| L{{level}} {{name}} | {{state}} | {{reason}}{{^reason}}—{{/reason}} |
{{/rungs}}

## P2 — Parity port

{{corpus}}

{{#hasUnits}}
| original | check | what's verified | status and reason |
|---|---|---|---|
{{#units}}
{{> claim}}
{{/units}}

{{/hasUnits}}
{{#hasP2}}
| claim | check | what's verified | status and reason |
|---|---|---|---|
{{#p2}}
{{> claim}}
{{/p2}}

{{/hasP2}}
## P1 — Lifecycle

Readiness: {{{gateAsked}}} must answer {{gateAccepts}} within {{gateWithin}} s.

{{#hasP1}}
| claim | check | what's verified | status and reason |
|---|---|---|---|
{{#p1}}
{{> claim}}
{{/p1}}

{{/hasP1}}
{{^hasLifecycle}}
No generic or overlay check is recorded.

{{/hasLifecycle}}
{{#hasLifecycle}}
Generic checks are the tool's own; an overlay stands beside them and never replaces them.

| stage | kind | check | what's verified | outcome | strength |
|---|---|---|---|---|---|
{{#lifecycle}}
| {{stage}} | {{kind}} | {{{id}}} | {{about}} | {{outcome}} | {{strength}} |
{{/lifecycle}}

{{/hasLifecycle}}
## P3 — Recipe-specific functional tests

{{p3Summary}}

{{#hasP3}}
| claim | check | what's verified | status and reason |
|---|---|---|---|
{{#p3}}
{{> claim}}
{{/p3}}

{{/hasP3}}
{{#hasFunctional}}
{{#functional}}
{{> check}}
{{/functional}}

{{/hasFunctional}}
{{#hasHealth}}
### Health checks

They show that the app is well, and do not count as depth.

{{#health}}
{{> check}}
{{/health}}

{{/hasHealth}}
## P4 — Backup data-integrity

{{p4Summary}}

{{#hasStores}}
| store | marker | upgrade | dropped | restored | mechanism | result |
|---|---|---|---|---|---|---|
{{#stores}}
| {{{name}}} ({{kind}}) | {{marker}} | {{{upgrade}}} | {{{dropped}}} | {{{restored}}} | {{mechanism}} | {{{result}}} |
{{/stores}}

{{/hasStores}}
{{#hasP4}}
| claim | check | what's verified | status and reason |
|---|---|---|---|
{{#p4}}
{{> claim}}
{{/p4}}

{{/hasP4}}
## Skips and deferrals

{{^hasSkips}}
None.

{{/hasSkips}}
{{#hasSkips}}
| what | reason | until |
|---|---|---|
{{#skips}}
| {{{what}}} | {{reason}} | {{until}}{{^until}}—{{/until}} |
{{/skips}}

{{/hasSkips}}
## Findings

{{^hasFindings}}
None.

{{/hasFindings}}
{{#hasFindings}}
| severity | rule | finding | place | advice |
|---|---|---|---|---|
{{#findings}}
| {{severity}} | {{{rule}}} | {{{messages}}} | {{{places}}} | {{advice}} |
{{/findings}}

{{/hasFindings}}
{{#hasWaived}}
Waived, and not counted:

| rule | finding | place | why | until |
|---|---|---|---|---|
{{#waived}}
| {{{rule}}} | {{{messages}}} | {{{places}}} | {{waived}} | {{until}}{{^until}}—{{/until}} |
{{/waived}}

{{/hasWaived}}
{{#hasNotes}}
## Notes

{{{notesMark}}}

{{{notes}}}
{{/hasNotes}}

"""###,
  ]
}
