// What the service refused, said at the field it is about.
import { createContext, useContext, useState } from "react";
import { Problem } from "../api/client";
import { adminWords } from "../strings/admin";

interface FieldError {
  readonly field: string;
  readonly detail: string;
}

/** The fields that the last try was refused for; a dialog provides them to what is in it. */
export const Refused = createContext<readonly FieldError[]>([]);

/** As the service would refuse a field. */
export const refusal = (field: string, detail: string): Problem =>
  new Problem(422, { type: "urn:ringdesk:problem:validation", title: detail, status: 422, detail, errors: [{ field, detail }] });

const NONE: readonly FieldError[] = [];

export const refusedFields = (error: unknown): readonly FieldError[] =>
  error instanceof Problem ? (error.document.errors ?? NONE) : NONE;

/** What is wrong with a field of the request, or with a part of it; empty: nothing. What was
 * refused is not what stands there any more once `mended` was called. */
export function useRefused(field: string | undefined): { readonly refused: string; readonly mended: () => void } {
  const all = useContext(Refused);
  const [mendedSince, setMended] = useState<readonly FieldError[] | null>(null);
  const mended = (): void => setMended(all);
  if (field === undefined || mendedSince === all) return { refused: "", mended };
  const refused = all
    .filter((each) => each.field === field || each.field.startsWith(`${field}.`))
    .map((each) => told(each.field.slice(field.length + 1), each.detail))
    .join(" ");
  return { refused, mended };
}

/** Of a list, the entry is named, from 1. */
function told(part: string, detail: string): string {
  const [first = ""] = part.split(".");
  return /^\d+$/.test(first) ? adminWords.entry(Number(first) + 1, detail) : adminWords.refusedAs(detail);
}
