// Writes src/generated/api.ts from the service's OpenAPI document.
// RINGDESK_OPENAPI names the document; `python -m app openapi` writes it.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const source = process.env.RINGDESK_OPENAPI ?? "../../var/openapi.json";
const document = JSON.parse(await readFile(source, "utf8"));
const options = {
  alphabetize: true,
  immutable: true,
  defaultNonNullable: false, // what has a default may be left out of a request
  emptyObjectsUnknown: true,
};
const types = astToString(await openapiTS(document, options));
await mkdir("src/generated", { recursive: true });
await writeFile("src/generated/api.ts", `// Made from the OpenAPI document; do not edit.\n${types}`);
console.log(`src/generated/api.ts written from ${source}`);
