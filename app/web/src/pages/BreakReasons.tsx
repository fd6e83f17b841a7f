// Settings > Operations > Break reasons.
import { NameList } from "../admin/NameList";
import { adminWords } from "../strings/admin";

export default function BreakReasons() {
  return <NameList path="/break-reasons" {...adminWords.lists.reasons} />;
}
