// The calls of the settings' pages.
import { call } from "../api/client";
import type { components } from "../generated/api";
import type { NamedList, Skill } from "../api/types";

type Schemas = components["schemas"];

export type User = Schemas["User"];
export type NewUser = Schemas["NewUser"];
export type UserChanges = Schemas["UserChanges"];
export type SkillChange = Schemas["SkillChange"];
export type SkillDetail = Schemas["SkillDetail"];
export type Phone = Schemas["Phone"];
export type ApiKey = Schemas["ApiKey"];
export type NewApiKey = Schemas["NewApiKey"];
export type NewKey = Schemas["NewKey"];
export type Webhook = Schemas["Webhook"];
export type WebhookChange = Schemas["WebhookChange"];
export type NewWebhook = Schemas["NewWebhook"];
export type NewWebhookMade = Schemas["NewWebhookMade"];
export type Setting = Schemas["Setting"];
export type DialRule = Schemas["DialRule"];
export type DialRuleChange = Schemas["DialRuleChange"];
export type TriedNumber = Schemas["TriedNumber"];
export type AuditList = Schemas["AuditList"];
export type AuditEntry = Schemas["AuditEntry"];
export type ImportResult = Schemas["ImportResult"];
export type ImportRow = Schemas["ImportRow"];
export type ImportKind = "people" | "skills" | "phones";
export type SettingValue = Setting["value"];

interface ListOf<T> {
  readonly items: readonly T[];
}

/** Milliseconds: five thousand lines take a while. */
const IMPORT_TIMEOUT = 120_000;

const one = (path: string, id: string): string => `${path}/${encodeURIComponent(id)}`;
const get = <T>(path: string): Promise<T> => call("GET", path) as Promise<T>;

export const admin = {
  users: () => get<ListOf<User>>("/users"),
  addUser: (user: NewUser) => call("POST", "/users", user) as Promise<User>,
  changeUser: (id: string, changes: UserChanges) => call("PUT", one("/users", id), changes),
  skill: (id: string) => get<SkillDetail>(one("/skills", id)),
  addSkill: (skill: SkillChange) => call("POST", "/skills", skill) as Promise<Skill>,
  changeSkill: (id: string, skill: SkillChange) => call("PUT", one("/skills", id), skill),
  removeSkill: (id: string) => call("DELETE", one("/skills", id)),
  names: (path: string) => get<NamedList>(path),
  addName: (path: string, name: string) => call("POST", path, { name }),
  rename: (path: string, id: string, name: string) => call("PUT", one(path, id), { name }),
  removeName: (path: string, id: string) => call("DELETE", one(path, id)),
  phones: () => get<ListOf<Phone>>("/phones"),
  newPhone: (user: string) => call("POST", "/phones", { user }) as Promise<Phone>,
  rotatePhone: (id: string) => call("POST", `${one("/phones", id)}/rotate`, {}) as Promise<Phone>,
  keys: () => get<ListOf<ApiKey>>("/api-keys"),
  addKey: (key: NewKey) => call("POST", "/api-keys", key) as Promise<NewApiKey>,
  revokeKey: (id: string) => call("DELETE", one("/api-keys", id)),
  webhooks: () => get<ListOf<Webhook>>("/webhooks"),
  addWebhook: (hook: NewWebhook) => call("POST", "/webhooks", hook) as Promise<NewWebhookMade>,
  changeWebhook: (id: string, hook: WebhookChange) => call("PUT", one("/webhooks", id), hook),
  removeWebhook: (id: string) => call("DELETE", one("/webhooks", id)),
  settings: () => get<ListOf<Setting>>("/settings"),
  changeSettings: (changes: Readonly<Record<string, SettingValue | null>>) =>
    call("PUT", "/settings", changes) as Promise<ListOf<Setting>>,
  rules: () => get<ListOf<DialRule>>("/dial-rules"),
  addRule: (rule: DialRuleChange) => call("POST", "/dial-rules", rule),
  changeRule: (id: string, rule: DialRuleChange) => call("PUT", one("/dial-rules", id), rule),
  removeRule: (id: string) => call("DELETE", one("/dial-rules", id)),
  tryNumber: (number: string, caller: string) =>
    get<TriedNumber>(`/dial-rules/check?${new URLSearchParams({ number, caller }).toString()}`),
  audit: (query: Readonly<Record<string, string>>) =>
    get<AuditList>(`/audit?${new URLSearchParams(query).toString()}`),
  import: (kind: ImportKind, csv: string, dryRun: boolean) =>
    call("POST", "/imports", { kind, csv, dry_run: dryRun }, IMPORT_TIMEOUT) as Promise<ImportResult>,
  changePassword: (old: string, fresh: string) =>
    call("PUT", "/me/password", { old, new: fresh }),
} as const;

/** Where a file of the books is downloaded. */
export const exportUrl = (kind: ImportKind): string => `/api/v1/exports/${kind}`;
