import { inside, type Place } from "../inside.ts";
import type { Members } from "../members.ts";

/** Has Patroni make another member the primary; resolves when it says that it is. */
export async function switchOver(place: Place, { primary }: Members, candidate: string): Promise<void> {
  const patronictl = ["patronictl", "-c", "/etc/patroni/patroni.yml", "switchover", "--force"];
  await inside(place, primary.pod, [...patronictl, "--leader", primary.pod, "--candidate", candidate]);
}
