import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from "node:crypto";
import {
  bitString,
  boolean,
  type DER,
  explicit,
  implicit,
  integer,
  objectIdentifier,
  octetString,
  positiveInteger,
  sequence,
  set,
  time,
  utf8String,
} from "./der.ts";

/** Who a certificate is for: a name by which others know its bearer, and the hosts that it may answer as. */
export interface Subject {
  readonly commonName: string;
  /** DNS names; `*.` in front stands for one label. */
  readonly hosts: readonly string[];
}

/** PEM texts. The key is PKCS#8: never logged, never in status. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

/** An authority, and the identities that it has signed. Its own key is kept nowhere: it can sign nothing more. */
export interface Issued<Name extends string> {
  readonly authority: string;
  readonly identities: Readonly<Record<Name, Identity>>;
}

const OID = {
  ecdsaWithSHA256: "1.2.840.10045.4.3.2",
  commonName: "2.5.4.3",
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
} as const;

/** Clocks of nodes differ. */
const CLOCK_SKEW_MS = 3_600_000;

/**
 * Certificates for parties that know each other alone (mutual TLS), of a new authority: keys on P-256, ECDSA with
 * SHA-256. `now` is in milliseconds since the epoch; all are valid from an hour before it, for `validMs`.
 */
export function issue<Name extends string>(
  authorityName: string,
  subjects: Readonly<Record<Name, Subject>>,
  { now, validMs }: { readonly now: number; readonly validMs: number },
): Issued<Name> {
  const validity = sequence(time(now - CLOCK_SKEW_MS), time(now + validMs));
  const issuer = { name: nameOf(authorityName), key: newKey() };
  const authority = certificate(issuer, issuer, validity, [
    extension(OID.basicConstraints, sequence(boolean(true), integer(0)), true),
    // keyCertSign.
    extension(OID.keyUsage, bitString(Uint8Array.of(0b0000_0100), 2), true),
  ]);
  const identities = Object.entries<Subject>(subjects).map(([name, { commonName, hosts }]) => {
    const key = newKey();
    const names = hosts.map((host) => implicit(2, Buffer.from(host, "ascii")));
    const text = certificate({ name: nameOf(commonName), key }, issuer, validity, [
      extension(OID.basicConstraints, sequence(), true),
      // digitalSignature.
      extension(OID.keyUsage, bitString(Uint8Array.of(0b1000_0000), 7), true),
      extension(
        OID.extendedKeyUsage,
        sequence(objectIdentifier(OID.serverAuth), objectIdentifier(OID.clientAuth)),
        false,
      ),
      extension(OID.subjectAltName, sequence(...names), false),
    ]);
    return [name, { certificate: text, key: String(key.export({ type: "pkcs8", format: "pem" })) }] as const;
  });
  return { authority, identities: Object.fromEntries(identities) as Record<Name, Identity> };
}

interface Party {
  readonly name: DER;
  readonly key: KeyObject;
}

/** RFC 5280, version 3. */
function certificate(subject: Party, issuer: Party, validity: DER, extensions: readonly DER[]): string {
  const algorithm = sequence(objectIdentifier(OID.ecdsaWithSHA256));
  const identifiers = [
    extension(OID.subjectKeyIdentifier, octetString(keyIdentifier(subject.key)), false),
    extension(OID.authorityKeyIdentifier, sequence(implicit(0, keyIdentifier(issuer.key))), false),
  ];
  const content = sequence(
    explicit(0, integer(2)),
    positiveInteger(randomBytes(16)),
    algorithm,
    issuer.name,
    validity,
    subject.name,
    publicHalf(subject.key),
    explicit(3, sequence(...extensions, ...identifiers)),
  );
  const signature = sign("sha256", content, { key: issuer.key, dsaEncoding: "der" });
  return pem(sequence(content, algorithm, bitString(signature)));
}

function newKey(): KeyObject {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return createPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" }));
}

function publicHalf(key: KeyObject): DER {
  return createPublicKey(key).export({ type: "spki", format: "der" });
}

function keyIdentifier(key: KeyObject): Buffer {
  return createHash("sha256").update(publicHalf(key)).digest().subarray(0, 20);
}

function nameOf(commonName: string): DER {
  return sequence(set(sequence(objectIdentifier(OID.commonName), utf8String(commonName))));
}

function extension(identifier: string, value: DER, isCritical: boolean): DER {
  return sequence(objectIdentifier(identifier), ...(isCritical ? [boolean(true)] : []), octetString(value));
}

function pem(der: DER): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
