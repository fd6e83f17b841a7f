// Draws the OpenAPI document: every call with who may make it, what it takes and answers.
const find = document.getElementById("find");
const calls = document.getElementById("calls");
const shapes = document.getElementById("shapes");
const about = document.getElementById("about");

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A schema in one line of words; references become links to their shape. */
function inWords(schema) {
  if (schema === undefined) return "";
  if (schema.$ref) {
    const name = schema.$ref.split("/").at(-1);
    return element("a", { href: `#shape-${name}` }, name);
  }
  const either = schema.anyOf ?? schema.oneOf;
  if (either) return either.flatMap((part, n) => (n ? [" or ", inWords(part)] : [inWords(part)])).flat();
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.type === "array") return ["list of ", inWords(schema.items)].flat();
  return [schema.type ?? "anything", schema.format ? ` (${schema.format})` : ""].join("");
}

function row(...cells) {
  return element("tr", {}, ...cells.map((cell) => element("td", {}, ...[cell].flat())));
}

function fields(schema) {
  const required = new Set(schema.required ?? []);
  const rows = Object.entries(schema.properties ?? {}).map(([name, part]) => {
    const limits = ["minLength", "maxLength", "minimum", "maximum", "maxItems", "pattern"]
      .filter((limit) => part[limit] !== undefined)
      .map((limit) => `${limit} ${part[limit]}`)
      .join(", ");
    return row(element("code", {}, name), inWords(part), required.has(name) ? "required" : "", limits);
  });
  return element("table", {}, ...rows);
}

function call(path, method, operation) {
  const head = element(
    "summary", {},
    element("span", { class: "method" }, method.toUpperCase()),
    element("code", {}, path),
    element("span", {}, operation.summary),
    element("span", { class: "roles" }, operation["x-roles"].join(", ") || "anybody"),
  );
  const block = element("details", { id: operation.operationId }, head);
  const given = (operation.parameters ?? []).map((one) =>
    row(element("code", {}, one.name), `in ${one.in}`, inWords(one.schema), one.required ? "required" : ""));
  if (given.length) block.append(element("h4", {}, "Parameters"), element("table", {}, ...given));
  const body = operation.requestBody?.content?.["application/json"]?.schema;
  if (body) block.append(element("p", {}, "Takes ", ...[inWords(body)].flat()));
  const answers = Object.entries(operation.responses).map(([status, response]) => {
    const schema = Object.values(response.content ?? {})[0]?.schema;
    return row(status, response.description, inWords(schema));
  });
  block.append(element("h4", {}, "Answers"), element("table", {}, ...answers));
  block.dataset.words = `${method} ${path} ${operation.summary}`.toLowerCase();
  return block;
}

function draw(api) {
  about.textContent = api.info.description;
  let tag = null;
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (operation.tags[0] !== tag) {
        tag = operation.tags[0];
        calls.append(element("h2", {}, tag));
      }
      calls.append(call(path, method, operation));
    }
  }
  for (const [name, schema] of Object.entries(api.components.schemas)) {
    const block = element("details", { id: `shape-${name}` }, element("summary", {}, element("code", {}, name)));
    if (schema.description) block.append(element("p", {}, schema.description));
    block.append(schema.properties ? fields(schema) : element("p", {}, ...[inWords(schema)].flat()));
    shapes.append(block);
  }
}

find.addEventListener("input", () => {
  const wanted = find.value.trim().toLowerCase();
  for (const block of calls.querySelectorAll("details")) block.hidden = !block.dataset.words.includes(wanted);
});

window.addEventListener("hashchange", () => {
  const target = document.getElementById(location.hash.slice(1));
  if (target instanceof HTMLDetailsElement) target.open = true;
});

try {
  draw(await (await fetch("/api/v1/openapi.json")).json());
} catch (error) {
  about.textContent = `The OpenAPI document could not be read: ${error}`;
}
