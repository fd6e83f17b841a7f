// Settings > Operations > Dispositions.
import { NameList } from "../admin/NameList";
import { adminWords } from "../strings/admin";

export default function Dispositions() {
  return <NameList path="/dispositions" {...adminWords.lists.dispositions} />;
}
