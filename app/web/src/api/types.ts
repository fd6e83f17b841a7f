// The API's shapes, by short names. They are made from the service's OpenAPI document
// (`npm run generate`), so that this page does not compile against another API.
import type { components } from "../generated/api";

type Schemas = components["schemas"];

export type Agent = Schemas["Agent"];
export type Attachment = Schemas["Attachment"];
export type Audio = Schemas["Audio"];
export type Channel = Schemas["Channel"];
export type Conversation = Schemas["Conversation"];
export type DirectoryEntry = Schemas["DirectoryEntry"];
export type DirectoryList = Schemas["DirectoryList"];
export type Leg = Schemas["Leg"];
export type LegKind = Schemas["LegKind"];
export type LegState = Schemas["LegState"];
export type Match = Schemas["Match"];
export type Me = Schemas["Me"];
export type Message = Schemas["Message"];
export type MessageAdded = Schemas["Added"];
export type MessageList = Schemas["MessageList"];
export type MessageRead = Schemas["Read"];
export type MessageTyping = Schemas["Typing"];
export type NewMessage = Schemas["NewMessage"];
export type NewWhisper = Schemas["NewWhisper"];
export type ConversationList = Schemas["ConversationList"];
export type Named = Schemas["Named"];
export type NamedList = Schemas["NamedList"];
export type PreferenceChanges = Schemas["PreferenceChanges"];
export type ProblemDocument = Schemas["Problem"];
export type Segment = Schemas["Segment"];
export type SipSession = Schemas["SipSession"];
export type Skill = Schemas["Skill"];
export type SkillList = Schemas["SkillList"];
export type Status = Schemas["Status"];
export type StatusChange = Schemas["StatusChange"];
export type TalkRecording = Schemas["TalkRecording"];
export type TalkRecordingList = Schemas["TalkRecordingList"];
export type Timeline = Schemas["Timeline"];
export type TimelineEntry = Schemas["TimelineEntry"];
export type Consult = Schemas["Consult"];
export type TransferTarget = Schemas["TransferTarget"];
export type Supervision = Schemas["Supervision"];
export type Turn = Schemas["Turn"];
export type Why = Schemas["Why"];
export type WrapUpDone = Schemas["WrapUpDone"];

export type SnapshotData = Schemas["SnapshotData"];

/** The messages of the event socket. */
export type LiveEvent = Schemas["Event"];
