/** Of everything that is released together. */
export const VERSION = "0.1.0";

/** Defined where the operator is bundled: a digest of the sources, the same for the same sources on any machine. */
declare const BUNDLED_SOURCES: string | undefined;

/** Undefined where the operator runs from its sources. */
export const BUILD: string | undefined = typeof BUNDLED_SOURCES === "string" ? BUNDLED_SOURCES : undefined;

/** What `--version` prints: `0.1.0 (build 0123456789ab, Node.js v24.1.0)`. */
export const DESCRIPTION = `${VERSION} (${BUILD === undefined ? "from sources" : `build ${BUILD}`}, Node.js ${process.version})`;
