"""`/docs`: the API description for a person, with a form to try each call.

One page of plain HTML and JavaScript that reads `/openapi.json`; it needs no network beyond the
service itself. Everything shown is set as text, never as markup. The lines about errors stand in
the page from the start, so that the `type` of a problem leads to its line.
"""

from html import escape

from nlp_service.api.problems import MEANINGS

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
        "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
}

_FRAME = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>nlp-service API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<style>
 body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;
  color:#1a1a1a;background:#fff}
 section{border-top:1px solid #ccc;padding:1rem 0}
 textarea,input{width:100%;box-sizing:border-box;font:14px/1.4 ui-monospace,monospace}
 textarea{height:11rem} pre{background:#f4f4f4;padding:.7rem;overflow:auto;white-space:pre-wrap}
 button{font:inherit;padding:.3rem 1rem;margin:.5rem 0} code{font-size:.9em}
 .method{font-weight:bold;color:#06c} td{padding:.1rem .8rem .1rem 0;vertical-align:top}
</style></head><body>
<h1>nlp-service API</h1>
<p id="about"></p>
<p><label>API key, where the service asks for one
<input id="key" type="password" autocomplete="off"></label></p>
<p>Machine-readable description: <a href="/openapi.json">/openapi.json</a></p>
<noscript><p>This page needs JavaScript; the description above does not.</p></noscript>
<main id="calls"></main>
<section><h2>Errors</h2><p>Problem details (RFC 9457), <code>application/problem+json</code>:
<code>type, title, status, detail</code>, and for a wrong field <code>field</code> and
<code>errors</code>.</p><table>@ERRORS@</table></section>
<script>
"use strict";
const make = (tag, text, parent) => {
  const node = document.createElement(tag);
  node.textContent = text; parent.append(node); return node;
};
function bodyOf(operation) {
  const body = operation.requestBody;
  return body ? JSON.stringify(body.content["application/json"].example, null, 1) : null;
}
async function send(method, path, input, output) {
  const headers = {}, key = document.getElementById("key").value;
  if (input) headers["Content-Type"] = "application/json";
  if (key) headers["Authorization"] = "Bearer " + key;
  const started = performance.now();
  try {
    const answer = await fetch(path, {method, headers, body: input ? input.value : undefined});
    const text = await answer.text(), took = (performance.now() - started).toFixed(1);
    let shown = text;
    try { shown = JSON.stringify(JSON.parse(text), null, 1); } catch (_) { /* not JSON */ }
    output.textContent = answer.status + " in " + took + " ms\\n" + shown;
  } catch (_) { output.textContent = "The service does not answer."; }
}
function show(method, path, operation, parent) {
  const section = make("section", "", parent), head = make("h2", "", section);
  make("span", method.toUpperCase() + " ", head).className = "method";
  make("code", path, head);
  make("p", operation.summary + ". " + (operation.description || ""), section);
  const example = bodyOf(operation);
  let input = null;
  if (example) {
    input = make("textarea", example, section);
    input.setAttribute("aria-label", "Body of " + path); input.spellcheck = false;
  }
  const button = make("button", "Send", section), output = make("pre", "", section);
  output.setAttribute("aria-live", "polite");
  button.onclick = () => send(method.toUpperCase(), path, input, output);
}
fetch("/openapi.json").then(answer => answer.json()).then(api => {
  document.getElementById("about").textContent = api.info.description;
  for (const [path, methods] of Object.entries(api.paths))
    for (const [method, operation] of Object.entries(methods))
      show(method, path, operation, document.getElementById("calls"));
});
</script></body></html>
"""

_ERRORS = "\n".join(
    f'<tr id="problem-{status}"><td>{status}</td><td>{escape(meaning)}</td></tr>'
    for status, meaning in MEANINGS.items()
)
PAGE = _FRAME.replace("@ERRORS@", _ERRORS)
