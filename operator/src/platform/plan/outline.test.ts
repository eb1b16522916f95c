import { describe, expect, test } from "vitest";
import { COMPONENTS } from "../../components/index.ts";
import { observed } from "../../components/testing/observed.ts";
import { SAMPLE_BACKUP_MODEL } from "../../components/testing/sample-model.ts";
import { NO_CREDENTIALS } from "./gather-credentials.ts";

/** While Secrets cannot be read, the platform is still reported on: these parts of a component work without them. */
describe("a platform whose credentials are not known yet", () => {
  const NOTHING_LIVE = observed([]);
  const auth = { ...SAMPLE_BACKUP_MODEL.auth, signingKeys: undefined };
  const outline = { ...SAMPLE_BACKUP_MODEL, credentials: NO_CREDENTIALS, auth };

  test.each(COMPONENTS.map((component) => [component.name, component] as const))(
    "%s can be looked at",
    (_, component) => {
      expect(component.enabled(outline)).toBe(true);
      expect(component.endpoint(outline)).toEqual(component.endpoint(SAMPLE_BACKUP_MODEL));
      expect(component.health(NOTHING_LIVE, outline)).toEqual(component.health(NOTHING_LIVE, SAMPLE_BACKUP_MODEL));
      expect(component.footprint(outline)).toEqual(component.footprint(SAMPLE_BACKUP_MODEL));
      expect(component.exposedPorts(outline)).toEqual(component.exposedPorts(SAMPLE_BACKUP_MODEL));
    },
  );
});
